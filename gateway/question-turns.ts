import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ApiServerLimits } from './api-server-limits.ts';
import { Refusal } from './api-server-refusal.ts';

/** The turns of a server's questions. */
export class QuestionTurns {
  #open = 0;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #limits: ApiServerLimits;
  readonly #yields: () => boolean;

  /** @param yields - whether there is something more important to do; then one question at a time is answered */
  constructor(limits: ApiServerLimits, yields: () => boolean) {
    this.#limits = limits;
    this.#yields = yields;
  }

  /**
   * Does something for one question: reads it, then answers it when it is its turn, in the order in which they were read.
   *
   * @throws Refusal where too many are open, before anything of it is read
   */
  async take<Q, A>(read: () => Promise<Q>, answer: (question: Q) => Promise<A>): Promise<A> {
    const { atOnce, waiting } = this.#limits;
    if (this.#open === atOnce + waiting) {
      const detail = `At most ${atOnce} are answered at a time, and ${waiting} wait. Ask again in a second.`;
      throw new Refusal('too-many-questions', detail);
    }
    this.#open += 1;
    try {
      const question = await read();
      await new Promise<void>((begin) => {
        this.#waiting.push(begin);
        this.#beginNext();
      });
      try {
        return await answer(question);
      } finally {
        this.#running -= 1;
        this.#beginNext();
      }
    } finally {
      this.#open -= 1;
    }
  }

  #beginNext(): void {
    while (this.#running < (this.#yields() ? 1 : this.#limits.atOnce)) {
      const begin = this.#waiting.shift();
      if (!begin) return;
      this.#running += 1;
      begin();
    }
  }
}

/**
 * Takes the pipelined requests of a socket (RFC 9112, 9.3.2) one after the other, and no more are read meanwhile: Node
 * would begin with all of them at once.
 *
 * @param exchange - resolves when the answer has left this process; rejects where the socket failed
 */
export function onePerSocket(
  exchange: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>,
): RequestListener {
  const last = new WeakMap<Socket, Promise<void>>();
  return (incoming, outgoing) => {
    const { socket } = incoming;
    const before = last.get(socket);
    const after = async () => {
      if (before) {
        // Not before Node is through with what it has read, since it resumes the socket at each request's end.
        await Promise.resolve();
        socket.pause();
        await before;
      }
      try {
        if (socket.writable) await exchange(incoming, outgoing);
      } catch {
        outgoing.destroy();
      }
      if (last.get(socket) === own) {
        last.delete(socket);
        socket.resume();
      }
    };
    const own = after();
    last.set(socket, own);
  };
}
