import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { createConsole } from '../../console/app.ts';
import { stubPorts } from '../support/browser/stub-console.ts';
import { json, problemReply } from '../support/servers/fake-trail-api.ts';

const ALPHA = 'cvpn-endpoint-0aaaaaaaaaaaaaaaa';
const COMPLETE = { complete: true, gaps: [] };

let now: Date;
let answers: Record<string, (path: string) => Response>;
let asked: string[];
/** The rows of the snapshot before the newest. */
let before: Record<string, string>[];
let connections: Record<string, unknown>[];

beforeEach(() => {
  now = new Date('2026-11-22T14:03:00Z');
  asked = [];
  before = [
    { connectionId: 'c-1', ingressBytes: '1000', egressBytes: '9007199254740993000' },
    { connectionId: 'c-2', ingressBytes: '5000', egressBytes: '0' },
    { connectionId: 'c-9', ingressBytes: '1', egressBytes: '1' },
  ];
  const row = (id: string, establishedAt: string, ingressBytes: number, egressBytes: number | bigint) => ({
    connectionId: id,
    endpointId: ALPHA,
    accountId: '1',
    region: 'eu-central-1',
    establishedAt,
    identity: `person-${id}`,
    clientIp: '10.0.0.1',
    ingressBytes,
    egressBytes,
    lastSlot: '2026-11-22T14:00:00Z',
  });
  connections = [
    row('c-1', '2026-11-22T08:00:00Z', 1000 + 300 * 2048, 9_007_199_254_740_993_000n + 300n * 512n),
    row('c-2', '2026-11-22T08:00:00Z', 10, 10),
    row('c-3', '2026-11-22T13:58:00Z', 121 * 1024, 0),
    row('c-4', '2026-11-22T08:00:00Z', 7, 7),
  ];
  const slots = ['13:50', '13:55', '14:00'].map((time) => `2026-11-22T${time}:00Z`);
  answers = {
    '/endpoints': () =>
      json({
        endpoints: [
          {
            endpointId: ALPHA,
            name: 'office',
            state: 'open',
            lastSlot: slots[2],
            lastSnapshotAt: '2026-11-22T14:00:01Z',
          },
        ],
      }),
    '/connections': () =>
      json({
        connections,
        window: { since: '2026-11-22T14:00:00Z', until: '2026-11-22T14:00:01Z', match: 'overlap' },
        coverage: COMPLETE,
      }),
    '/snapshots': () =>
      json({
        endpointId: ALPHA,
        snapshots: slots.map((slot, entry) => ({
          slot,
          entry,
          kind: 'snapshot',
          s: slot,
          f: slot.replace('00Z', '01Z'),
          connections: 3,
          rows: 3,
          chunks: 1,
        })),
        window: {},
        coverage: COMPLETE,
      }),
    [`/snapshots/${ALPHA}/${slots[1]}/chunks/0`]: () =>
      new Response(gzipSync(before.map((line) => `${JSON.stringify(line)}\n`).join(''))),
  };
});

async function show(path = '/ui/now'): Promise<string> {
  const pages = createConsole(stubPorts(() => now));
  const ask = async (question: string) => {
    asked.push(question);
    const answer = answers[question.split('?')[0] ?? ''];
    if (!answer) throw new Error(`nobody expects ${question}`);
    return answer(question);
  };
  return (await pages.fetch(new Request(`http://127.0.0.1:8790${path}`), ask)).text();
}

/** The cells of a person's row, by their labels. */
const cellsOf = (page: string, name: string): Record<string, string> => {
  const row = page.split('<tr>').find((part) => part.includes(`person-<wbr>${name.replace('-', '-<wbr>')}`)) ?? '';
  const cells = [...row.matchAll(/data-label="([^"]+)">(.*?)<\/t[dh]>/g)];
  return Object.fromEntries(cells.map(([, label = '', text = '']) => [label, text.replaceAll(/<[^>]+>/g, '')]));
};

describe('Now', () => {
  it('tells how fast each is, from the counters of the last two recordings', async () => {
    const page = await show();
    expect(cellsOf(page, 'c-1')).toMatchObject({ Sending: '2.0 KiB/s', Receiving: '512 B/s', Address: '10.0.0.1' });
    expect(asked).toHaveLength(4);
    expect(page).toContain('speed: mean of the 5 min before');
  });

  it('tells of one that began between the two how fast it was since its beginning', async () => {
    expect(cellsOf(await show(), 'c-3')).toMatchObject({ Sending: '1.0 KiB/s', Receiving: '0 B/s' });
  });

  it.each(['c-2', 'c-4'])(
    'leaves open what is not known: %s, whose counter went back, or was not there',
    async (name) => {
      const cells = cellsOf(await show(), name);
      expect(cells.Sent).not.toBe('');
      expect([cells.Sending, cells.Receiving]).toEqual(['', '']);
    },
  );

  it('says why there are no speeds, and shows the rest', async () => {
    answers['/snapshots'] = () => problemReply(429, 'api-429', { detail: 'Asked too often.' });
    const page = await show();
    expect(page).toContain('How fast they are is not known: Asked too often.');
    expect(page).toContain('person-<wbr>c-<wbr>1');
  });

  it('says when the next recording is expected, and goes on then', async () => {
    const page = await show();
    expect(page).toMatch(/The next recording is expected at <time datetime="2026-11-22T14:05:00Z">/);
    expect(page).toContain('<span data-age="179">2 min</span> ago');
    expect(page).toContain('data-refresh-after="135"');
  });

  it('says that an expected recording has not come', async () => {
    now = new Date('2026-11-22T14:20:00Z');
    const page = await show();
    expect(page).toMatch(/The recording that was expected at <time[^>]+>2026-11-22 14:05:00Z<\/time> has not come/);
    expect(page).toContain('data-refresh-after="60"');
  });

  it('tells "nobody" from "not known"', async () => {
    connections = [];
    expect(await show()).toContain('Nobody is connected.');
    const coverage = {
      complete: false,
      gaps: [{ endpointId: ALPHA, start: '2026-11-22T13:00:00Z', end: '2026-11-22T14:00:00Z', reasons: ['no-run'] }],
    };
    const window = { since: '2026-11-22T14:00:00Z', until: '2026-11-22T14:00:01Z', match: 'overlap' };
    answers['/connections'] = () => json({ connections, window, coverage });
    const page = await show();
    expect(page).not.toContain('Nobody is connected.');
    expect(page).toContain('that is not certain');
    expect(page).toContain('Not complete');
  });

  it('says what to do first where nothing is recorded', async () => {
    answers['/endpoints'] = () => json({ endpoints: [] });
    expect(await show()).toContain('Nothing is recorded yet');
  });

  it('sorts by a column in the address, what is not known last', async () => {
    const order = (page: string) => [...page.matchAll(/connections\/(c-\d)/g)].map(([, id]) => id);
    expect(order(await show())).toEqual(['c-1', 'c-2', 'c-3', 'c-4']);
    expect(order(await show('/ui/now?sort=-up'))).toEqual(['c-1', 'c-3', 'c-2', 'c-4']);
    expect(order(await show('/ui/now?sort=up'))).toEqual(['c-3', 'c-1', 'c-2', 'c-4']);
    expect(await show('/ui/now?sort=-up')).toContain('aria-sort="descending"');
  });

  it('marks who is possibly connected, and says where there are more', async () => {
    connections = [{ ...connections[0], possible: true }];
    const window = { since: '2026-11-22T14:00:00Z', until: '2026-11-22T14:00:01Z', match: 'overlap' };
    answers['/connections'] = () => json({ connections, window, coverage: COMPLETE, cursor: 'abc' });
    const page = await show();
    expect(page).toContain('possibly</span>');
    expect(page).toContain('href="/ui/now?cursor=abc"');
  });
});
