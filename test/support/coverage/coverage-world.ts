import { answerReply } from '../../../gateway/ec2-query-protocol/reply.ts';
import type { Elements } from '../../../lambda/trail/element.ts';
import { type Instant, toInstant } from '../../../lambda/trail/time.ts';
import { ALPHA, activeRow, endedRow, type RecordedTrail } from '../recording/recorded-trail.ts';
import { type Ec2Fault, type Ec2Request, errorXml, send } from '../servers/faulty-ec2.ts';

/** What the seconds of a world are counted from; they are its true time, which nobody in it knows. */
export const BEGIN = Date.parse('2026-11-20T08:00:00Z');
/** "Terminated within the last 60 minutes" (EC2 API reference, DescribeClientVpnConnections). */
export const HOUR = 3600;

/** One connection as it really was, whoever saw it. */
export interface Life {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** So much later AWS lists that it began, and that it ended. */
  readonly lag: number;
}

/** An endpoint as it really was. */
export interface WorldLives {
  readonly lives: readonly Life[];
  readonly created: number;
  /** AWS tells when it was created. */
  readonly tellsCreation: boolean;
  readonly deleted: number;
  /** AWS lists it for so long after its deletion. */
  readonly listedAfterDeletion: number;
}

/** How AWS answers one walk over the pages. */
export interface Pace {
  /** Each of the pages: how long it takes, and how far its Date header is ahead of the true time. */
  readonly pages: readonly { readonly seconds: number; readonly skew: number }[];
  /** The connections are on other pages each time. */
  readonly shuffle: number;
}

/** A page that was answered: when it was asked for, when its rows were true, and when it was there, in true time. */
export interface SeenPage {
  readonly sent: number;
  readonly moment: number;
  readonly answered: number;
}

export const instantAt = (seconds: number): Instant => toInstant(BEGIN + seconds * 1000);
export const secondAt = (instant: Instant): number => (Date.parse(instant) - BEGIN) / 1000;
const awsTime = (seconds: number): string => instantAt(seconds).replace('T', ' ').replace('Z', '');

/** AWS as the recorder meets it: slow, late, and with clocks of its own. */
export class CoverageWorld {
  /** The pages of each walk, by the slot that it was begun for. */
  readonly walks = new Map<Instant, SeenPage[]>();
  /** The Date headers of the lists without the endpoint, by the slot that they were asked for. */
  readonly misses = new Map<Instant, number>();
  pace: Pace = { pages: [{ seconds: 0, skew: 0 }], shuffle: 0 };
  refuses = false;
  readonly #world: WorldLives;
  readonly #trail: RecordedTrail;
  #slot: Instant = instantAt(0);

  constructor(world: WorldLives, trail: RecordedTrail) {
    this.#world = world;
    this.#trail = trail;
    trail.ec2.fault = this.#answer;
  }

  get seconds(): number {
    return (this.#trail.now.getTime() - BEGIN) / 1000;
  }

  /** Lets time pass, up to the next slot. */
  beginSlot(seconds: number): void {
    this.#pass(seconds);
    this.#slot = toInstant(this.#trail.now);
  }

  #pass(seconds: number): void {
    this.#trail.now = new Date(this.#trail.now.getTime() + Math.round(seconds * 1000));
  }

  #answer: Ec2Fault = ({ action, parameters }, response) => {
    const number = Number(parameters.get('NextToken')?.split('-')[1] ?? 0);
    const { seconds, skew } = this.pace.pages[number] ?? { seconds: 0, skew: 0 };
    const isList = action === 'DescribeClientVpnEndpoints';
    const sent = this.seconds;
    this.#pass(isList ? 0 : seconds / 2);
    const moment = this.seconds;
    const reply = isList ? this.#listEndpoints(skew) : this.#listConnections(action, number);
    this.#pass(isList ? 0 : seconds / 2);
    if (!isList && reply.status === 200) this.#note(number, { sent, moment, answered: this.seconds });
    send(response, new Date(this.#trail.now.getTime() + skew * 1000), reply);
    return true;
  };

  #note(number: number, page: SeenPage): void {
    const before = number === 0 ? [] : (this.walks.get(this.#slot) ?? []);
    this.walks.set(this.#slot, [...before, page]);
  }

  #listEndpoints(skew: number): Ec2Request['reply'] {
    const { created, tellsCreation, deleted, listedAfterDeletion } = this.#world;
    const isListed = this.seconds >= created && this.seconds < deleted + listedAfterDeletion;
    if (!isListed) this.misses.set(this.#slot, this.seconds + skew);
    const endpoint = {
      clientVpnEndpointId: ALPHA,
      ...(tellsCreation ? { creationTime: awsTime(created).replace(' ', 'T') } : {}),
    };
    return answerReply('DescribeClientVpnEndpoints', { clientVpnEndpoint: isListed ? [endpoint] : [] }, 'list');
  }

  #listConnections(action: string, number: number): Ec2Request['reply'] {
    const { created, deleted } = this.#world;
    if (this.refuses) return { status: 403, xml: errorXml('UnauthorizedOperation') };
    if (this.seconds < created || this.seconds >= deleted) {
      return { status: 400, xml: errorXml('InvalidClientVpnEndpointId.NotFound') };
    }
    const { pages, shuffle } = this.pace;
    const listed = this.#world.lives.flatMap((life, index) =>
      (index * 7 + shuffle) % pages.length === number ? rowOf(life, this.seconds) : [],
    );
    const next = number + 1 < pages.length ? { nextToken: `page-${number + 1}` } : {};
    return answerReply(action, { connections: listed, ...next }, `page ${number}`);
  }
}

/** What AWS lists of a connection at a moment. */
function rowOf({ id, from, to, lag }: Life, seconds: number): Elements[] {
  if (seconds < from + lag || seconds >= to + HOUR) return [];
  const row = activeRow(id, awsTime(from), { timestamp: awsTime(seconds), commonName: id });
  return [seconds < to + lag ? row : endedRow(row, awsTime(to))];
}
