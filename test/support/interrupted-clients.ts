import type { RecorderPorts } from '../../lambda/recorder/recorder.ts';

/** Stands for the death of the process: nothing that comes after it has an effect. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** What happens at an SDK call: given its number, from 1, the rest of it, and its input. */
type AtCall = (call: number, proceed: () => Promise<unknown>, input: unknown) => Promise<unknown>;

interface Interruptible {
  readonly middlewareStack: {
    add(middleware: (next: (args: never) => Promise<never>) => unknown, options: Record<string, unknown>): void;
  };
}

/** Puts something before, after or in place of every SDK call of a recorder, its retries included. */
export function interrupt(ports: RecorderPorts, atCall: AtCall): { calls: number } {
  const counter = { calls: 0 };
  for (const client of [ports.ec2, ports.documents] as unknown as Interruptible[]) {
    client.middlewareStack.add(
      (next) => (args: { input: unknown }) => atCall(++counter.calls, () => next(args as never), args.input),
      {
        step: 'initialize',
        priority: 'high',
        name: 'interrupt',
      },
    );
  }
  return counter;
}

/** Crashes the process at a call, before or after its effect: that call and all later ones fail, and do nothing more. */
export function crashAt(ports: RecorderPorts, call: number, when: 'before' | 'after'): { calls: number } {
  let dead = false;
  return interrupt(ports, async (number, proceed) => {
    if (dead) throw new Crash();
    if (number !== call) return proceed();
    if (when === 'after') await proceed();
    dead = true;
    throw new Crash();
  });
}
