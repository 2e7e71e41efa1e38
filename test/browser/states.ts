import { expect, it } from 'vitest';
import { createConsole } from '../../console/app.ts';
import type { ConsolePorts, JobState } from '../../console/ports.ts';
import { SCREENS } from '../../console/screens/all.ts';
import { axe } from '../support/browser/browsed.ts';
import { stubPorts } from '../support/browser/stub-console.ts';
import {
  COMPLETE,
  connectionNumber as connection,
  connectionsWith as connections,
  ENDPOINT,
  OVER_A_GAP,
} from '../support/search/api-answers.ts';
import { json, problemReply } from '../support/servers/fake-trail-api.ts';

const NOW = new Date('2026-11-22T15:00:00Z');
const AT = '2026-11-22T14:55:00Z';
const WINDOW = { since: '2026-11-21T00:00:00Z', until: AT, match: 'overlap' };
const SOME = connections([connection(1), connection(2, { possible: true })]);
const endpoint = { endpointId: ENDPOINT, name: 'office', state: 'open', lastSlot: AT, lastSnapshotAt: AT };
const coverage = (complete: boolean) => ({
  endpoints: [{ ...endpoint, proven: [{ start: WINDOW.since, end: AT }], ...(complete ? COMPLETE : OVER_A_GAP) }],
  window: WINDOW,
  complete,
  assumptions: ['AWS lists a connection until 60 minutes after its end.'],
});

const ACCESS = {
  at: AT,
  requestId: '1',
  principal: 'local:root',
  question: `/connections?ip=172.31.0.225&at=${AT}`,
  rows: 2,
};

/** Answers by path, or by what a path begins with; those that are not here are none. */
type Answers = Readonly<Record<string, unknown>>;

const ANSWERS: Answers = {
  '/endpoints': { endpoints: [endpoint] },
  '/connections': SOME,
  '/connections/': { connection: connection(1), snapshots: [], window: WINDOW, coverage: COMPLETE },
  '/coverage': coverage(true),
  '/accesses': { accesses: [], window: WINDOW },
};
const problem = (status: number, detail: string) => problemReply(status, 'some-kind', { detail });
const REFUSED = {
  fails: [500, 'The question could not be answered.'],
  'is slow': [502, 'No answer came within 30 s.'],
  'is throttled': [429, 'It is asked too often (429). Try again in a moment.'],
  refuses: [403, 'It refused the question: execute-api:Invoke is needed.'],
  'is asked with expired credentials': [
    403,
    'The AWS credentials expired at 2026-11-22T14:00:00Z. Renew them (for example "aws sso login --profile audit") and ask again.',
  ],
} as const;

interface Shown {
  readonly answers?: Answers;
  readonly ports?: Partial<ConsolePorts>;
}

/** The source of a page, over answers of the test's. */
async function source(path: string, { answers = {}, ports = {} }: Shown = {}): Promise<string> {
  const known: Answers = { ...ANSWERS, ...answers };
  const ask = async (question: string) => {
    const name = question.split('?')[0] ?? '';
    const prefix = Object.keys(known).find((one) => one.length > 1 && one.endsWith('/') && name.startsWith(one));
    const answer = known[name] ?? (prefix === undefined ? undefined : known[prefix]);
    return answer instanceof Response ? answer.clone() : answer === undefined ? problem(404, 'None.') : json(answer);
  };
  const pages = createConsole({ ...stubPorts(() => NOW), ...ports });
  return (await pages.fetch(new Request(`http://127.0.0.1:8790${path}`), ask)).text();
}

const job = (state: JobState, files: { name: string; bytes: number }[] = []) => ({
  state: () => state,
  start: () => false,
  files: () => files,
  open: () => undefined,
});
const ended = (code: number, out = '') => ({ startedAt: AT, progress: '', ended: { at: AT, code, out, said: out } });
const underWay = { startedAt: AT, progress: '1,200 entries' };
const verification = (state: JobState) => ({ ports: { verification: job(state) } });
const over = (answer: unknown): Shown => ({ answers: { '/connections': answer } });

const NOTHING: Shown = {
  answers: { '/endpoints': { endpoints: [] }, '/coverage': { ...coverage(true), endpoints: [] } },
};
const EMPTY = over(connections([]));
const GAP = over(connections([], { coverage: OVER_A_GAP }));
const PART: Shown = { answers: { '/snapshots': problem(429, 'Asked too often.') } };
const ONE = '/ui/connections/cvpn-connection-00000000000000001';
const REPORTS = ['usage', 'concurrency', 'review', 'findings'].map(
  (name) => `/ui/reports/${name}?since=2026-11-22T12:00Z`,
);
const FOUND = '/ui/connections?since=7d';
const AT_MOMENT = `/ui/at?ip=172.31.0.225&at=${AT}`;
const LINE = '/ui/timeline?who=person-1&since=2026-11-22';
const EXPORT = '/ui/evidence/export?who=person-1&since=2026-11-22';

/** Each screen in each state that it has of its own: what it says there, and how it comes to be there. */
const STATES: readonly (readonly [path: string, says: RegExp | string, how?: Shown])[] = [
  ...['/ui/now', FOUND, '/ui/evidence', ...REPORTS.slice(0, 1)].map(
    (path) => [path, 'Nothing is recorded yet', NOTHING] as const,
  ),
  ['/ui/now', 'RecorderLogGroupName', { ...NOTHING, ports: { kind: 'deployed' } }],
  ['/ui/now', 'How fast they are is not known: Asked too often', PART],
  ['/ui/now', 'Nobody is connected.', EMPTY],
  ['/ui/now', 'that is not certain', GAP],
  [FOUND, 'No connection matches', EMPTY],
  [FOUND, 'No connection is known that matches', GAP],
  [`${FOUND}&not=user%3Aperson-1`, '1 other left out'],
  ['/ui/connections?q=colour%3Ared', 'Nothing was asked'],
  [ONE, /Its usage is not known.*Its sightings are not known|Its usage is not known/s],
  [ONE, '<h1>Not recorded</h1>', { answers: { '/connections/': problem(404, 'It is not in the trail.') } }],
  ['/ui/at', 'An address and a time in'],
  ['/ui/at?ip=10.0&at=soon', 'Expected an IPv4'],
  [AT_MOMENT, 'Possibly'],
  [AT_MOMENT, 'class="verdict">Nobody', EMPTY],
  [AT_MOMENT, 'class="verdict">Not known', GAP],
  ['/ui/timeline', 'where two places were used at once'],
  [LINE, 'There are more than 1,000', over({ ...SOME, cursor: 'more' })],
  [LINE, 'somebody may be missing', GAP],
  ...REPORTS.flatMap((path) => [[path, '2 connections', over({ ...SOME, coverage: OVER_A_GAP })] as const]),
  ...REPORTS.map((path) => [path, 'Not complete', GAP] as const),
  ['/ui/evidence?since=soon', 'Expected a time'],
  ['/ui/evidence', /Complete.*Of what is signed: None/s],
  ['/ui/evidence', 'What is not proven', { answers: { '/coverage': coverage(false) } }],
  ['/ui/evidence/accesses', 'Nobody asked in this window'],
  [
    '/ui/evidence/accesses',
    '2 accesses on this page',
    {
      answers: {
        '/accesses': { accesses: [ACCESS, { ...ACCESS, question: '/endpoints' }], window: WINDOW, cursor: 'more' },
      },
    },
  ],
  ['/ui/evidence/verification', 'cvpn-audit verify', { ports: { kind: 'deployed' } }],
  ['/ui/evidence/verification', '1,200 entries', verification(underWay)],
  ['/ui/evidence/verification', 'class="verdict">Proven', verification(ended(0, 'PROVEN'))],
  ['/ui/evidence/verification', 'class="verdict">Not proven', verification(ended(3, 'WRONG  a chunk'))],
  ['/ui/evidence/verification', 'class="verdict">No verdict', verification(ended(1, 'There is no log'))],
  [EXPORT, 'Make it with the command'],
  ['/ui/evidence/export', 'is under way', { ports: { exports: job(underWay) } }],
  [
    '/ui/evidence/export',
    'The export is made',
    { ports: { exports: job(ended(0, 'a.csv'), [{ name: 'a.csv', bytes: 9 }]) } },
  ],
  ['/ui/evidence/export', 'could not be made', { ports: { exports: job(ended(1, 'The disk is full')) } }],
  ['/ui/nothing', 'There is no such page'],
  ['/ui/now?tz=Mars', 'is no time zone'],
];

/** The tests of what pages say where there is nothing, not everything, or no answer. */
export function statesTests(): void {
  it.each(STATES.map(([path, says, how]) => ({ path, says, how })))(
    '$path says "$says", free of what axe finds, without scrolling sideways on 320 px',
    async ({ path, says, how }) => {
      const page = await source(path, how);
      if (typeof says === 'string') expect(page).toContain(says);
      else expect(page).toMatch(says);
      expect(await axe(page)).toEqual([]);
    },
  );

  it('is as readable while it asks', async () => {
    const page = (await source(AT_MOMENT)).replace('<main ', '<main aria-busy="true" ');
    expect(await axe(page)).toEqual([]);
  });

  it.each(Object.entries(REFUSED))(
    'an API that %s leads each screen to the same page, free of what axe finds',
    async (_, [status, detail]) => {
      const refusal = problem(status, detail);
      const answers = Object.fromEntries(
        [...Object.keys(ANSWERS), '/snapshots', '/keys', '/checkpoints/'].map((name) => [name, refusal]),
      );
      const paths = [
        '/ui/now',
        FOUND,
        ONE,
        AT_MOMENT,
        LINE,
        ...REPORTS,
        '/ui/evidence',
        '/ui/evidence/accesses',
        EXPORT,
      ];
      const pages = await Promise.all(paths.map((path) => source(path, { answers })));
      // All but the verification, which asks nothing.
      expect(new Set(paths.map((path) => path.replace(/\?.*|(?<=connections)\/.*/, ''))).size).toBe(
        SCREENS.filter(({ path }) => !/\{(?!connectionId)|verification/.test(path)).length - 1,
      );
      const mains = pages.map((page) =>
        (/<main.*<\/main>/s.exec(page)?.[0] ?? page).replace(/href="[^"]*">Ask again/, ''),
      );
      expect(new Set(mains).size).toBe(1);
      expect(mains[0]).toContain(detail.replaceAll('"', '&quot;'));
      expect(await axe(pages[0] ?? '')).toEqual([]);
    },
  );
}
