import { answerReply } from '../../../gateway/ec2-query-protocol/reply.ts';
import {
  ALPHA,
  type Attempt,
  BETA,
  HOUR,
  identityAt,
  instantAt,
  type Life,
  type Telling,
  type Walk,
  type World,
} from './truth.ts';
import type { WorldClock } from './world-clock.ts';
import type { AskedOfEc2, Ec2Answer } from './world-trail.ts';

type Row = Record<string, string | { code: string }>;

/** No element of XML holds it; a reference stands for it (`&#x1;`). */
const CONTROL = '\u0001';
const STANDS_FOR_CONTROL = '\uE001';
const REFUSALS = { throttles: 'RequestLimitExceeded', refuses: 'UnauthorizedOperation' } as const;
/** More of these than one item of DynamoDB holds, and no compressor makes them fewer. */
const HUGE = 600_000;

const MANY_PAGES = 100;

const awsTime = (second: number): string => instantAt(second).replace('T', ' ').replace('Z', '');

/** AWS as one recording meets it: it tells of the truth, with the faults of that attempt. */
export class TellingAws {
  /** The walk over each endpoint that was answered whole. */
  readonly walks = new Map<string, Walk>();
  readonly #world: World;
  readonly #clock: WorldClock;
  readonly #attempt: Attempt;
  readonly #corrections: number;

  constructor(world: World, number: number, clock: WorldClock) {
    const attempt = world.attempts[number];
    if (!attempt) throw new RangeError(`no attempt ${number}`);
    this.#world = world;
    this.#clock = clock;
    this.#attempt = attempt;
    this.#corrections = world.attempts.slice(0, number + 1).filter(({ corrects }) => corrects).length;
  }

  answer = ({ action, endpointId = '', nextToken }: AskedOfEc2): Ec2Answer => {
    const { aws, pages, seconds, machine, dateOff, onlyFirstDateOff } = this.#attempt;
    if (action === 'DescribeClientVpnEndpoints') return { date: this.#clock.awsDate(0), xml: listOfEndpoints() };
    const page = Number(nextToken?.split('-')[1] ?? 0);
    const sent = this.#clock.seconds;
    this.#clock.pass(seconds / 2);
    if (machine?.when === 'waiting' && page === 0 && endpointId === ALPHA) this.#clock.setMachine(machine.ahead);
    const date = () => this.#clock.awsDate(onlyFirstDateOff && page > 0 ? 0 : dateOff);
    if (aws !== 'answers') return { date: date(), refused: REFUSALS[aws] };
    const rows = this.#tell(endpointId, page, sent);
    this.#clock.pass(seconds / 2);
    this.#end(endpointId);
    const next = page + 1 < pages ? { nextToken: `page-${page + 1}` } : {};
    // So that a thousand pages are as much as AWS's ids of ten thousand.
    const requestId = `${endpointId}-${page}-`.padEnd(pages > MANY_PAGES ? 400 : 36, '0');
    const { xml } = answerReply(action, { connections: rows, ...next }, requestId);
    return { date: date(), xml: xml.replaceAll(STANDS_FOR_CONTROL, '&#x1;') };
  };

  #end(endpoint: string): void {
    const walk = this.walks.get(endpoint);
    if (walk) this.walks.set(endpoint, { ...walk, answered: this.#clock.seconds });
  }

  #tell(endpoint: string, page: number, sent: number): Row[] {
    const { pages, empty, hides, odd, doubles } = this.#attempt;
    const now = this.#clock.seconds;
    const tellings: Telling[] = [];
    const hidden: { life: Life; at: number }[] = [];
    const rows = this.#world.lives.flatMap((life, index): Row[] => {
      const isOf = (faults: readonly { readonly life: number }[]) => faults.find((fault) => fault.life === index);
      const telling = (index * 7) % pages === page ? this.#tellingOf(life, index, now) : undefined;
      if (!telling) return [];
      const oddity = isOf(odd) as Attempt['odd'][number] | undefined;
      const row = this.#rowOf(telling);
      if (life.endpoint !== endpoint) return oddity?.kind === 'foreign' ? [row] : [];
      if (empty || hides.includes(index) || oddity?.kind === 'long-id') hidden.push({ life, at: now });
      if (empty || hides.includes(index)) return [];
      if (oddity?.kind === 'long-id') {
        return [{ ...row, connectionId: `${life.id}${'0'.repeat(316 - life.id.length)}` }];
      }
      tellings.push(telling);
      const whole = oddity?.kind === 'huge' ? { ...row, banner: noise(index) } : row;
      const double = isOf(doubles) as Attempt['doubles'][number] | undefined;
      return double ? [whole, this.#secondRow(telling, row, double.as)] : [whole];
    });
    const before = page === 0 ? undefined : this.walks.get(endpoint);
    this.walks.set(endpoint, {
      endpoint,
      sent: before?.sent ?? sent,
      answered: now,
      tellings: [...(before?.tellings ?? []), ...tellings],
      hidden: [...(before?.hidden ?? []), ...hidden],
    });
    return rows;
  }

  /** What AWS knows of it: what was so a while ago. */
  #tellingOf(life: Life, index: number, now: number): Telling | undefined {
    const then = now - life.lag;
    if (then < life.from || now >= life.to + HOUR) return undefined;
    const falseEnd = then < life.to ? this.#attempt.ends.find((end) => end.life === index) : undefined;
    const ended = then >= life.to || falseEnd !== undefined;
    const trueEnd = ended && life.end === 'told' ? life.to : undefined;
    const ahead = typeof life.start === 'object' && now < life.start.until ? life.start.ahead : 0;
    return {
      life,
      at: now,
      ended,
      end: falseEnd ? (falseEnd.told ? Math.min(Math.floor(now) - 10, life.to) : undefined) : trueEnd,
      start: life.start === 'never' ? undefined : life.from + ahead,
      identity: identityAt(life, then),
      isFalseEnd: falseEnd !== undefined,
    };
  }

  #rowOf({ life, at, ended, end, start, identity }: Telling): Row {
    const { commonName, username, ip } = identity;
    const isFailing = life.failsAt !== undefined && at - life.lag >= life.failsAt;
    const counted = Math.round(Math.max(0, Math.min(at, life.to) - life.from)) + (ended ? this.#corrections : 0);
    return {
      clientVpnEndpointId: life.endpoint,
      timestamp: awsTime(end ?? at),
      connectionId: life.id,
      ...(username === undefined ? {} : { username }),
      ...(start === undefined ? {} : { connectionEstablishedTime: awsTime(start) }),
      ingressBytes: String(counted),
      egressBytes: String(2 * counted),
      clientIp: ip,
      commonName: commonName.replaceAll(CONTROL, STANDS_FOR_CONTROL),
      status: { code: ended ? 'terminated' : isFailing ? 'failed-to-terminate' : 'active' },
      connectionEndTime: end === undefined ? '-' : awsTime(end),
    };
  }

  #secondRow({ at, ended, life }: Telling, row: Row, as: 'older' | 'endless'): Row {
    if (as === 'endless' && ended) return { ...row, timestamp: awsTime(at + 1), connectionEndTime: '-' };
    return {
      ...row,
      timestamp: awsTime(Math.max(life.from, at - 30)),
      status: { code: 'active' },
      connectionEndTime: '-',
    };
  }
}

function listOfEndpoints(): string {
  const clientVpnEndpoint = [
    { clientVpnEndpointId: ALPHA, clientCidrBlock: '172.31.0.0/16' },
    { clientVpnEndpointId: BETA, clientCidrBlock: '10.99.0.0/16' },
  ];
  return answerReply('DescribeClientVpnEndpoints', { clientVpnEndpoint }, 'list').xml;
}

/** A text without any pattern, always the same. */
function noise(seed: number): string {
  let state = seed + 1;
  const texts: string[] = [];
  for (let length = 0; length < HUGE; length += 7) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    texts.push(state.toString(36).padStart(7, '0'));
  }
  return texts.join('');
}
