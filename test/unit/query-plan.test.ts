import { describe, expect, it, vi } from 'vitest';
import type { EndpointState } from '../../lambda/query/endpoint-state.ts';
import type { Filters, MatchWindow } from '../../lambda/query/search/matching.ts';
import { planReads } from '../../lambda/query/search/plan.ts';
import { search } from '../../lambda/query/search/search.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { addSeconds } from '../../lambda/trail/time.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { indexInMemory } from '../support/search/index-in-memory.ts';
import { connectionFrom, NO_FILTERS, stateOf } from '../support/search/search-input.ts';

const RECORDED = { first: '2026-10-01T08:00:00Z', projected: '2026-11-20T10:00:00Z', newest: '2026-11-20T10:05:00Z' };
const alpha = stateOf(ALPHA, { ...RECORDED, networks: ['172.31.0.0/16'] });
const beta = stateOf(BETA, { ...RECORDED, networks: ['10.0.0.0/16'] });
const alpha2 = stateOf(BETA, { ...RECORDED, networks: ['172.31.0.0/16', 'fd00:0::/32'] });
const unknown = stateOf(BETA, RECORDED);
const lacking = stateOf(ALPHA, { ...RECORDED, unlisted: [{ entry: 0, slot: '2026-11-01T12:00:00Z' }] });
const odd = stateOf(BETA, { ...RECORDED, networks: ['10.0.0.0/16'], noneOdd: undefined });

interface Asked extends Partial<Filters> {
  readonly since?: string;
  readonly until?: string;
  readonly match?: MatchWindow['match'];
}

function streamsOf(
  { since, until, match = 'overlap', ...filters }: Asked,
  before?: string,
  states: readonly EndpointState[] = [alpha, beta],
) {
  const plan = planReads({ ...NO_FILTERS, ...filters }, { since, until, match }, states, before);
  if (plan.by !== 'index') throw new Error('the plan reads no index');
  return plan.streams.map(({ stretches, ...stream }) => ({ ...stream, stretches: [...stretches] }));
}

const at = (instant: string) => ({ since: instant, until: instant });
const INSTANT = '2026-11-18T14:03:00Z';

describe('the plan of who had an address at an instant', () => {
  it('is one stretch of its endpoint, from the instant down to its holder', () => {
    expect(streamsOf({ ip: ['172.31.0.225'], ...at(INSTANT) })).toEqual([
      {
        stretches: [{ index: 'byClientIp', partition: `${ALPHA}#172.31.0.225`, to: `${INSTANT}#~` }],
        isAddress: true,
        untilHolderBefore: INSTANT,
      },
    ]);
  });

  it.each([
    ['172.31.3.255', [alpha, beta], [`${ALPHA}#172.31.3.255`]],
    ['10.0.0.0', [alpha, beta], [`${BETA}#10.0.0.0`]],
    // By what AWS listed, whatever its descriptions lead to expect.
    ['172.31.0.1', [alpha, alpha2], [`${ALPHA}#172.31.0.1`, `${BETA}#172.31.0.1`]],
    ['fd00::1', [alpha, alpha2], [`${BETA}#fd00::1`]],
    ['192.168.0.1', [alpha, beta], []],
    // Where the networks are not known, or nothing is projected.
    ['192.168.0.1', [alpha, unknown, { endpointId: 'x' }], [`${BETA}#192.168.0.1`, 'x#192.168.0.1']],
  ])('asks the endpoints that ever had addresses of its network: %s', (ip, states, expected) => {
    expect(streamsOf({ ip: [ip] }, undefined, states).map(({ stretches }) => stretches[0]?.partition)).toEqual(
      expected,
    );
  });

  it('wins over a person and a status, which only filter', () => {
    const streams = streamsOf({ ip: ['10.0.0.1'], user: ['alice'], status: ['active'] });
    expect(streams.flatMap(({ stretches }) => stretches.map(({ index }) => index))).toEqual(['byClientIp']);
  });

  it.each([
    ['one request, however many held the address before', [alpha], ['byClientIp']],
    ['one, whatever others are asked about that never had it', [alpha, beta], ['byClientIp']],
    ['one for each endpoint, where several may have it', [alpha, alpha2], ['byClientIp', 'byClientIp']],
    [
      'one for each, where one of them has recorded nothing',
      [alpha, { endpointId: BETA }],
      ['byClientIp', 'byClientIp'],
    ],
    ['one more where AWS lists a connection no more', [lacking], ['byClientIp', 'bySpan']],
    ['one more where an endpoint has, or had, odd times', [alpha, odd], ['byClientIp', 'bySpan']],
  ])('takes %s', async (_, states, expected) => {
    const holders = Array.from({ length: 5000 }, (_, number) => holder(number));
    const reads = indexInMemory(holders, 1000);
    const readIndex = vi.spyOn(reads, 'readIndex');
    const window = { ...at('2026-11-01T12:00:30Z'), match: 'overlap' as const };
    const question = { filters: { ...NO_FILTERS, ip: ['172.31.0.225'] }, window, states, epsilonSeconds: 120 };
    const { matches } = await search(reads as never, { ...question, limit: 100 });
    expect(matches.map(({ connection }) => connection.establishedAt)).toEqual(['2026-11-01T12:00:00Z']);
    expect(readIndex.mock.calls.map(([{ index }]) => index)).toEqual(expected);
  });
});

/** Each holds the address for ten minutes. */
function holder(number: number): Connection {
  const start = addSeconds('2026-10-10T00:00:00Z', number * 600);
  const told = { clientIp: '172.31.0.225', endedAt: addSeconds(start, 599), end: { kind: 'reported' } } as const;
  return connectionFrom(start, `cvpn-connection-${number}`, told);
}

describe('the plan of a person', () => {
  it('is both names in lower case, from a day before the window, and the long ones that were there then', () => {
    expect(streamsOf({ user: ['Alice'], since: '2026-11-10T00:00:00Z', until: '2026-11-11T00:00:00Z' })).toEqual([
      {
        stretches: [
          { index: 'byCommonName', partition: 'alice', from: '2026-11-09T00:00:00Z', to: '2026-11-11T00:00:00Z#~' },
        ],
        earlier: {
          established: '2026-11-09T00:00:00Z',
          stretches: [{ index: 'longByCommonName', partition: 'alice', from: '2026-11-10T00:00:00Z' }],
        },
      },
      expect.objectContaining({ stretches: [expect.objectContaining({ index: 'byUsername', partition: 'alice' })] }),
    ]);
  });

  it('begins a day before what is projected, where the window begins later than that', () => {
    const [stream] = streamsOf({ user: ['alice'], since: '2026-11-20T12:00:00Z' });
    expect(stream?.stretches[0]?.from).toBe('2026-11-19T10:00:00Z');
  });

  it('reads nobody twice for two spellings of a name, and only the index of a name that is exact', () => {
    expect(streamsOf({ user: ['Alice', 'ALICE'] })).toHaveLength(2);
    expect(streamsOf({ commonName: ['Alice'] }).map(({ stretches }) => stretches[0]?.index)).toEqual(['byCommonName']);
  });

  it('reads no long ones for those that started in the window', () => {
    const [stream] = streamsOf({ user: ['alice'], since: '2026-11-10T00:00:00Z', match: 'started' });
    expect(stream).toEqual({
      stretches: [{ index: 'byCommonName', partition: 'alice', from: '2026-11-10T00:00:00Z', to: undefined }],
    });
  });
});

describe('the plan of an endpoint’s day', () => {
  const day = { since: '2026-11-10T00:00:00Z', until: '2026-11-10T23:59:59Z' };
  const daysOf = (stream: ReturnType<typeof streamsOf>[number] | undefined) =>
    stream?.stretches.map(({ partition }) => partition.slice(-10));

  it('is that day’s partition, and those of earlier days that were still connected', () => {
    const [stream, ...ofOthers] = streamsOf(day);
    expect(ofOthers).toHaveLength(1);
    expect(stream).toEqual({
      stretches: [{ index: 'byEndpointDay', partition: `${ALPHA}#2026-11-10`, from: day.since, to: `${day.until}#~` }],
      earlier: {
        established: day.since,
        stretches: [
          { index: 'bySpan', partition: `${ALPHA}#day`, from: day.since, to: '2026-11-11T00:00:00Z#~' },
          { index: 'bySpan', partition: `${ALPHA}#days`, from: day.since, to: '2026-11-18T00:00:00Z#~' },
          { index: 'bySpan', partition: `${ALPHA}#weeks`, from: day.since, to: '2026-12-12T00:00:00Z#~' },
          { index: 'bySpan', partition: `${ALPHA}#long`, from: day.since },
        ],
      },
    });
  });

  it('of those that are open is the day before what is projected, and the open ones before that', () => {
    const [stream] = streamsOf({ status: ['active'] });
    expect(daysOf(stream)).toEqual(['2026-11-21', '2026-11-20', '2026-11-19']);
    expect(stream?.earlier?.stretches).toEqual([{ index: 'bySpan', partition: `${ALPHA}#long`, from: '~' }]);
  });

  it('goes on below where the page before ended', () => {
    const [stream] = streamsOf({ since: '2026-11-01T00:00:00Z' }, '2026-11-03T10:00:00Z#cvpn-connection-0a');
    expect(daysOf(stream)).toEqual(['2026-11-03', '2026-11-02', '2026-11-01']);
    expect(stream?.stretches[0]?.to).toBe('2026-11-03T10:00:00Z#cvpn-connection-0a');
  });

  it('asks for no day before the first snapshot can know of', () => {
    const [stream] = streamsOf({ since: '1999-01-01T00:00:00Z', until: '2026-10-02T00:00:00Z' });
    expect(stream?.stretches.at(-1)?.partition).toBe(`${ALPHA}#2026-09-29`);
  });
});

describe('the plan of connections by their ids', () => {
  it('reads each once, whatever else is asked', () => {
    const filters = { ...NO_FILTERS, connectionId: ['b', 'a', 'b'], ip: ['10.0.0.1'] };
    const window = { since: undefined, until: undefined, match: 'overlap' as const };
    expect(planReads(filters, window, [alpha], undefined)).toEqual({ by: 'connection-id', ids: ['b', 'a'] });
  });
});
