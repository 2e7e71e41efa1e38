import { beforeEach, describe, expect, it } from 'vitest';
import { createConsole } from '../../console/app.ts';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { stubPorts } from '../support/browser/stub-console.ts';
import { COMPLETE, connectionNumber, connectionsWith, ENDPOINT, OVER_A_GAP } from '../support/search/api-answers.ts';
import { json } from '../support/servers/fake-trail-api.ts';

const pages = createConsole({
  ...stubPorts(
    () => new Date('2026-11-22T16:00:00Z'),
    (error) => {
      throw error;
    },
  ),
  commandOptions: (origin) => ['--api', origin],
});

/** What is answered: to the moment, to what began before it, to what began after it. */
let [at, before, after]: ConnectionsAnswer[] = [];
let asked: URLSearchParams[];
beforeEach(() => {
  [at, before, after] = [connectionsWith([]), connectionsWith([]), connectionsWith([])];
  asked = [];
});

async function textOf(path: string): Promise<string> {
  const ask = async (question: string) => {
    const { pathname, searchParams } = new URL(question, 'http://trail.invalid');
    if (pathname === '/endpoints')
      return json({ endpoints: [{ endpointId: ENDPOINT, state: 'open', name: 'office' }] });
    asked.push(searchParams);
    if (searchParams.get('match') === 'started') return json(after);
    return json(searchParams.has('at') || searchParams.has('since') ? at : before);
  };
  const response = await pages.fetch(new Request(`http://127.0.0.1:8790${path}`), ask);
  // As a reader sees it.
  return (await response.text())
    .replaceAll(/<wbr>|<\/time>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

const MOMENT = '/ui/at?ip=172.31.0.225&at=2026-11-22T13:45:00Z';

describe('who had an address at a moment', () => {
  it('was somebody, possibly somebody, nobody, or is not known', async () => {
    at = connectionsWith([connectionNumber(1)]);
    expect(await textOf(MOMENT)).toMatch(/It was person-1 at endpoint office/);
    at = connectionsWith([connectionNumber(1, { possible: true })]);
    expect(await textOf(MOMENT)).toMatch(/Possibly person-1 .* it may have been over/);
    at = connectionsWith([]);
    expect(await textOf(MOMENT)).toMatch(/Nobody No connection had 172\.31\.0\.225/);
    at = connectionsWith([], { coverage: OVER_A_GAP });
    expect(await textOf(MOMENT)).toMatch(/Not known .*that is not "nobody"/);
  });

  it('had it last before and first after, with what was not recorded in between', async () => {
    const times = (establishedAt: string, endedAt: string) => ({ establishedAt, endedAt });
    const [early, late] = ['2026-11-22T11:00:00Z', '2026-11-22T12:00:00Z'];
    before = connectionsWith([
      connectionNumber(3, times(late, '2026-11-22T13:00:00Z')),
      connectionNumber(2, times(early, late)),
    ]);
    after = connectionsWith(
      [
        connectionNumber(5, times('2026-11-22T15:30:00Z', '2026-11-22T15:40:00Z')),
        connectionNumber(4, times('2026-11-22T15:00:00Z', '2026-11-22T15:10:00Z')),
      ],
      { coverage: OVER_A_GAP },
    );
    const text = await textOf(MOMENT);
    expect(text).toMatch(
      /Before person-3 at office [\d: Z-]+to [\d: Z-]+After person-4 at office [\d: Z-]+to [\d: Z-]+not recorded in between/,
    );
    expect(text).not.toMatch(/person-[25]/);
  });

  it('is asked of a day, a month and all time ahead, and not guessed where there are too many', async () => {
    await textOf(MOMENT);
    expect(asked.filter((one) => one.has('match')).map((one) => one.get('until'))).toEqual([
      '2026-11-23T13:45:00Z',
      '2026-12-22T13:45:00Z',
      null,
    ]);
    after = connectionsWith([connectionNumber(9, { establishedAt: '2026-11-22T15:00:00Z' })], { cursor: 'more' });
    expect(await textOf(MOMENT)).toContain('More than 1,000 connections had it since; the next one is not looked up.');
  });
});

describe('a timeline', () => {
  it('says where more connections are in its window than it draws', async () => {
    at = connectionsWith([connectionNumber(1)], { cursor: 'more', coverage: COMPLETE });
    const text = await textOf('/ui/timeline?who=person-1&since=2026-11-01');
    expect(text).toContain('There are more than 1,000 connections: drawn are those since 2026-11-22 13:00:00Z.');
  });

  it('marks two at once as long as both are sure to have lasted', async () => {
    const end = {
      kind: 'inferred' as const,
      between: ['2026-11-22T13:40:00Z', '2026-11-22T15:00:00Z'] as [string, string],
    };
    at = connectionsWith([
      connectionNumber(2, { identity: 'person-1', establishedAt: '2026-11-22T13:30:00Z', endedAt: undefined, end }),
      connectionNumber(1),
    ]);
    const text = await textOf('/ui/timeline?who=person-1&since=2026-11-22');
    expect(text).toMatch(/Connected twice at once: 1 time 2026-11-22 13:30:00Z to 2026-11-22 13:40:00Z \(10m 0s\)/);
    expect(text).toContain('possible: the end is known only within bounds');
  });

  it('of a name that nobody has says so, as far as that is known', async () => {
    expect(await textOf('/ui/timeline?who=nobody')).toContain('Nothing can be missing from this window.');
    at = connectionsWith([], { coverage: OVER_A_GAP });
    expect(await textOf('/ui/timeline?who=nobody')).toContain('somebody may be missing from it');
  });
});
