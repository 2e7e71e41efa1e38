import { EXPORT_FORMATS } from '../../../lambda/export/formats/format.ts';
import type { Elements } from '../../../lambda/trail/element.ts';
import { ALPHA, activeRow, BETA, endedRow, type RecordedTrail } from '../recording/recorded-trail.ts';

/** Chances that are the same with every run. */
export class Chances {
  #state: number;

  constructor(seed: number) {
    this.#state = seed * 2_654_435_761;
  }

  /** A whole number below this one. */
  below(limit: number): number {
    // Numerical Recipes' linear congruential generator; its high bits are the random ones.
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  in(times: number): boolean {
    return this.below(times) === 0;
  }

  of<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }
}

/** A client connection as AWS knows it. Milliseconds since 1970. */
interface Life {
  readonly id: string;
  readonly endpointId: string;
  readonly start: number;
  readonly end: number;
  readonly more: Elements;
  /** From when on AWS also says a username. */
  readonly namedFrom: number;
  readonly hasStart: boolean;
  readonly hasEnd: boolean;
}

const MINUTE = 60_000;
const awsTime = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/**
 * Lets a recorder live through some hours of connections that come and go, of runs that do not come, and of everything that AWS's
 * lists have been seen to do: rows that vanish, come back, come twice, without a name, an end, a beginning, or active again.
 */
export async function liveRandomly(trail: RecordedTrail, chances: Chances, recordings: number): Promise<void> {
  const begin = trail.now.getTime();
  const lives = Array.from({ length: 40 }, (_, index) => randomLife(chances, begin, index));
  for (let recording = 0; recording < recordings; recording += 1) {
    const at = trail.now.getTime() + 5 * MINUTE;
    trail.rows = { [ALPHA]: listed(lives, ALPHA, at, chances) };
    if (!chances.in(30)) trail.rows[BETA] = listed(lives, BETA, at, chances);
    await trail.recordAfter(5);
    if (chances.in(12)) trail.now = new Date(trail.now.getTime() + chances.of([20, 50, 70, 130]) * MINUTE);
  }
}

function randomLife(chances: Chances, begin: number, index: number): Life {
  const start = begin + (chances.below(600) - 240) * MINUTE + chances.below(60) * 1000;
  const end = start + chances.of([0, 1, 7, 40, 90, 200, 2000]) * MINUTE + chances.below(60) * 1000;
  return {
    id: `cvpn-connection-${String(index).padStart(3, '0')}`,
    endpointId: chances.of([ALPHA, ALPHA, BETA]),
    start,
    end,
    more: {
      commonName: chances.of(['alice', 'bob', 'Zoë, "Z"', '=1+1']),
      clientIp: `172.31.0.${chances.below(6)}`,
      ...(chances.in(4) ? { invented: 'x' } : {}),
    },
    namedFrom: chances.in(6) ? start + chances.below(60) * MINUTE : Number.POSITIVE_INFINITY,
    hasStart: !chances.in(10),
    hasEnd: !chances.in(10),
  };
}

function listed(lives: readonly Life[], endpointId: string, at: number, chances: Chances): Elements[] {
  const rows = lives
    .filter((life) => life.endpointId === endpointId && life.start <= at && at <= life.end + 60 * MINUTE)
    .filter(() => !chances.in(25))
    .map((life) => rowOf(life, at, chances));
  const [first] = rows;
  if (first && chances.in(15)) rows.push({ ...first, ingressBytes: '7' });
  if (first && chances.in(20)) rows.push({ ...first, connectionId: '' });
  return rows;
}

function rowOf(life: Life, at: number, chances: Chances): Elements {
  const { id, endpointId, start, end, more, namedFrom, hasStart, hasEnd } = life;
  const row = activeRow(id, hasStart ? awsTime(start) : '', {
    ...more,
    clientVpnEndpointId: endpointId,
    timestamp: awsTime(at),
    ingressBytes: String(Math.floor((Math.min(at, end) - start) / 1000)),
    ...(at >= namedFrom ? { username: 'CORP\\Carl' } : {}),
  });
  const isOver = at >= end && !chances.in(40);
  return isOver ? endedRow(row, hasEnd ? awsTime(end) : '-') : row;
}

/** The options of an export of some of that. */
export function randomWords(chances: Chances, begin: Date, end: Date): string {
  const moment = () => {
    const minutes = chances.below((end.getTime() - begin.getTime()) / MINUTE + 120) - 60;
    return new Date(begin.getTime() + minutes * MINUTE + chances.below(3) * 20_000).toISOString().replace('.000', '');
  };
  const [since = '', until = ''] = [moment(), moment()].sort();
  const filter = chances.of([
    '',
    '',
    '--match started',
    '--match ended',
    '--user alice',
    '--user CORP\\Carl',
    '--status active',
    '--status terminated',
    '--ip 172.31.0.3',
    `--endpoint ${BETA}`,
    '--common-name bob --match ended',
  ]);
  const window = chances.of([`--since ${since} --until ${until}`, `--since ${since}`, `--at ${since}`, '']);
  return `${window} ${window.startsWith('--at') ? filter.replace(/--match \w+/, '') : filter} --format ${chances.of(EXPORT_FORMATS)}`;
}
