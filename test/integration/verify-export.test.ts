import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { ExportedTrail } from '../support/exported-trail.ts';
import { verdictOf } from '../support/exported-proof.ts';
import { RecordedTrail } from '../support/recorded-trail.ts';
import { liveRichly } from '../support/tampered-story.ts';

let exported: ExportedTrail;
beforeAll(async () => {
  const trail = await RecordedTrail.start();
  await liveRichly(trail);
  exported = await ExportedTrail.over(trail);
  for (const endpoint of ['a','b','c']) {
    const id = `cvpn-endpoint-0${endpoint.repeat(16)}`;
    for (const m of await trail.manifests(id)) console.log(id, m.entry, m.kind, m.closedBecause, m.slot, m.s, m.f, m.previousS, m.unidentified, m.chunks.length);
  }
}, 60_000);
afterEach(() => exported.clear());
afterAll(() => exported.close());

const T = (time: string) => `2026-11-20T${time}:00Z`;
const windows = ['', `--since ${T('22:06')}`, `--since ${T('22:06')} --until ${T('22:21')}`, `--since ${T('21:00')} --until ${T('21:58')}`,
 `--since 2026-11-21T00:00:00Z --until 2026-11-21T00:05:00Z`, `--since 2026-11-21T00:00:00Z --until 2026-11-21T01:05:00Z`, `--since ${T('23:00')} --until ${T('23:59')}`, `--since 2026-11-10 --until 2026-11-11`, `--since 2026-12-10 --until 2026-12-11`];
const filters = ['', '--match started', '--match ended', '--user bob', '--status active', '--status terminated', '--ip 172.31.0.2', '--endpoint cvpn-endpoint-0bbbbbbbbbbbbbbbb'];

describe('x', () => {
  for (const format of EXPORT_FORMATS) for (const window of windows) for (const filter of format === 'ndjson' ? filters : [''])
  it(`${format} ${window} ${filter}`, async () => {
    const { code, said } = await exported.export('x', `${window} ${filter} --format ${format} --evidence`);
    const verdict = await verdictOf(exported, 'x');
    console.log(format, window, filter, code, verdict.verdict, JSON.stringify(verdict.counts), JSON.stringify(exported.manifest('x').manifest.coverage), verdict.faults.map(f => f.message));
    expect(verdict.faults).toEqual([]);
  });
});
