import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { memberOf } from '../../lambda/export/formats/records.ts';
import { fromJson } from '../../lambda/query/json.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { checkpointObject, manifestObject } from '../../lambda/trail/archive.ts';
import type { EvidenceRange, ExportManifest } from '../../lambda/trail/export-manifest.ts';
import type { Fault } from '../../verification/findings.ts';
import { ProvenExport } from '../support/exports/exported-proof.ts';
import { ExportedTrail } from '../support/exports/exported-trail.ts';
import { ALPHA, BETA, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { GAMMA, ID, liveRichly } from '../support/tampering/tampered-story.ts';

/** Of connections that began before it and ended after it. */
const WINDOW = '--since 2026-11-20T22:06:00Z --until 2026-11-20T22:21:00Z';

let exported: ExportedTrail;
let rows: ConnectionAnswer[];

beforeAll(async () => {
  const trail = await RecordedTrail.start();
  await liveRichly(trail);
  exported = await ExportedTrail.over(trail);
  for (const format of EXPORT_FORMATS) await exported.export(`x.${format}`, `${WINDOW} --format ${format} --evidence`);
  await exported.export('bob', `${WINDOW} --user bob --format ndjson --evidence`);
  await exported.export('open', '--since 2026-11-20T22:06:00Z --format ndjson --evidence');
  rows = readFileSync(exported.path('x.ndjson'), 'utf8').trimEnd().split('\n').map(fromJson) as ConnectionAnswer[];
});
afterAll(() => exported.close());

const copy = (name: string = 'x.ndjson') => ProvenExport.copy(exported, name);

/** A fault of an export, without its sentence. */
const wrong = (kind: Fault['kind'], more: Partial<Fault> = {}) => ({ kind, place: 'export', ...more });

/** The rows, with other members in one of them. */
function changed(id: string, members: Partial<ConnectionAnswer>): ConnectionAnswer[] {
  return rows.map((row) => (row.connectionId === id ? { ...row, ...members } : row));
}

/** Of one that was there before the evidence and ended in it, of one that lives on, and of one that vanished. */
const CHANGES: readonly [what: string, id: string, members: Partial<ConnectionAnswer>][] = [
  ['the name', ID.bob, { commonName: 'carl', identity: 'carl' }],
  ['a name that nobody said', ID.dora, { username: 'CORP\\Dora', identity: 'CORP\\Dora' }],
  ['who it is, beside its name', ID.bob, { identity: 'carl' }],
  ['the address', ID.bob, { clientIp: '172.31.0.99' }],
  ['the status', ID.bob, { status: 'active' }],
  ['the beginning', ID.bob, { establishedAt: '2026-11-20T21:40:01Z', durationSeconds: 1679 }],
  ['the end', ID.bob, { endedAt: '2026-11-20T22:08:01Z', durationSeconds: 1681 }],
  ['the bytes, by one of many digits', ID.bob, { ingressBytes: 9_007_199_254_740_992n }],
  ['the packets', ID.bob, { egressPackets: 5 }],
  ['the account', ID.bob, { accountId: '999999999999' }],
  ['the Region', ID.bob, { region: 'us-east-1' }],
  ['the first sight', ID.bob, { firstSeenAt: '2026-11-20T22:05:00Z', firstSlot: '2026-11-20T22:05:00Z' }],
  ['the bytes of a live one', ID.anna, { ingressBytes: 99 }],
  ['the last sight of a live one', ID.anna, { lastSeenAt: '2026-11-21T01:25:00Z' }],
  [
    'that a live one had ended',
    ID.anna,
    { status: 'terminated', endedAt: '2026-11-20T22:11:00Z', end: { kind: 'reported' } },
  ],
  ['the address of one that vanished', ID.carl, { clientIp: '172.31.0.2' }],
  ['the end of one that vanished', ID.carl, { end: { kind: 'reported' }, endedAt: '2026-11-20T22:09:00Z' }],
  ['the bytes of one that vanished', ID.carl, { egressBytes: 1n }],
];

describe.each(EXPORT_FORMATS)('a row in %s that was changed before it was signed', (format) => {
  // OCSF's user is the name itself.
  const told = CHANGES.filter(([, , members]) => format !== 'ocsf' || Object.keys(members).join() !== 'identity');

  it.each(told)('is found, with its field: %s', async (_, id, members) => {
    const made = copy(`x.${format}`);
    await made.replaceRows(changed(id, members));
    const { verdict, faults } = await made.verdict();
    expect(verdict).toBe('not-proven');
    expect(faults.map(({ kind, connectionId }) => [kind, connectionId])).toEqual(faults.map(() => ['row-changed', id]));
    const fields = faults.map(({ field = '' }) => field);
    // An event too many moves what only the last event has.
    if (format === 'ocsf' && members.end) return;
    for (const field of fields) {
      const named = (['Open', 'Close'] as const).map((activity) => memberOf(format, field, activity) ?? '');
      expect([field, named.some((member) => Object.hasOwn(members, member))]).toEqual([field, true]);
    }
    expect(fields).not.toEqual([]);
  });

  it('is not found where nothing was changed', async () => {
    const made = copy(`x.${format}`);
    await made.replaceRows(rows);
    expect(await made.faults()).toEqual([]);
  });

  it('is found where it was removed', async () => {
    const made = copy(`x.${format}`);
    await made.replaceRows(rows.filter(({ connectionId }) => connectionId !== ID.bob));
    expect(await made.faults()).toEqual([wrong('row-removed', { endpointId: ALPHA, connectionId: ID.bob })]);
  });

  it('is found where it was added', async () => {
    const made = copy(`x.${format}`);
    const connectionId = 'cvpn-connection-0invented';
    await made.replaceRows([...rows, { ...(rows[0] as ConnectionAnswer), connectionId }]);
    expect(await made.faults()).toMatchObject([
      wrong('row-changed', { connectionId }),
      wrong('row-changed', { connectionId }),
    ]);
  });
});

describe('a name that no row has which came along', () => {
  it('is noted of a connection that was there before the evidence: an earlier row may have it', async () => {
    const made = copy();
    await made.replaceRows(changed(ID.bob, { username: 'CORP\\Bob', identity: 'CORP\\Bob' }));
    const { faults, notes } = await made.verdict();
    expect([faults, notes]).toEqual([
      [],
      [expect.stringContaining('identity is'), expect.stringContaining('username is "CORP\\\\Bob"; no row')],
    ]);
  });
});

describe('a manifest that was signed over less', () => {
  const ranges = ({ signed }: ProvenExport): readonly EvidenceRange[] => signed.manifest.evidence ?? [];
  const rangeOf = (made: ProvenExport, endpointId: string): EvidenceRange => {
    const range = ranges(made).find((one) => one.endpointId === endpointId);
    if (!range) throw new Error(`nothing of ${endpointId} came along`);
    return range;
  };
  const replaceRange = (made: ProvenExport, endpointId: string, more: Partial<EvidenceRange>) =>
    made.sign({ evidence: ranges(made).map((one) => (one.endpointId === endpointId ? { ...one, ...more } : one)) });

  it('a row that the question does not ask for is found', async () => {
    const made = copy('bob');
    expect(await made.faults()).toEqual([]);
    for (const connectionId of ['cvpn-connection-f0', ID.dora]) {
      await made.replaceRows(rows.filter((row) => row.connectionId === ID.bob || row.connectionId === connectionId));
      // Of some the evidence of bob alone has no sight; the others are plainly not asked for.
      expect((await made.faults()).map((fault) => [fault.kind, fault.connectionId])).toContainEqual([
        'row-added',
        connectionId,
      ]);
    }
  });

  it('without the evidence of an endpoint is found', async () => {
    const made = copy();
    await made.sign({ evidence: ranges(made).filter(({ endpointId }) => endpointId !== BETA) });
    expect(await made.faults()).toContainEqual(wrong('evidence-missing', { endpointId: BETA }));
  });

  it('without an endpoint at all is found by its rows', async () => {
    const made = copy();
    const { checkpoints } = made.signed.manifest;
    const isOther = ({ endpointId }: { endpointId: string }) => endpointId !== BETA;
    await made.sign({ evidence: ranges(made).filter(isOther), checkpoints: checkpoints.filter(isOther) });
    expect(await made.faults()).toContainEqual(wrong('row-added', { endpointId: BETA, connectionId: ID.hugo }));
  });

  it('without the checkpoint that evidence is tied to is found', async () => {
    const made = copy();
    const { checkpoints } = made.signed.manifest;
    await made.sign({ checkpoints: checkpoints.filter(({ endpointId }) => endpointId !== BETA) });
    expect(await made.faults()).toContainEqual(wrong('evidence-missing', { endpointId: BETA }));
  });

  it('with a stretch of nothing proves nothing, whatever the file holds', async () => {
    const made = copy();
    const { first } = rangeOf(made, ALPHA);
    await replaceRange(made, ALPHA, { size: first, others: [] });
    await made.replaceRows(rows.filter(({ endpointId }) => endpointId !== ALPHA));
    expect(await made.faults()).toContainEqual(wrong('evidence-missing', { endpointId: ALPHA }));
  });

  it('with a stretch beyond the log is refused', async () => {
    const made = copy();
    await replaceRange(made, ALPHA, { size: Number.MAX_SAFE_INTEGER });
    expect(await made.faults()).toEqual([wrong('evidence-missing', { endpointId: ALPHA })]);
  });

  it('with a stretch that begins or ends inside the window says so', async () => {
    const trail = await exported.trail.manifests();
    const late = copy('open');
    const early = copy('open');
    const { first, size } = rangeOf(late, ALPHA);
    const compact = await compactRange(first + 1);
    await replaceRange(late, ALPHA, { first: first + 1, left: compact, others: [] });
    expect(await late.faults()).toContainEqual(wrong('evidence-missing', { endpointId: ALPHA }));
    expect(trail).toHaveLength(size);
    await replaceRange(early, ALPHA, { size: size - 2, consistency: await consistency(size - 2) });
    expect(await early.faults()).toContainEqual(wrong('evidence-missing', { endpointId: ALPHA }));
  });

  it('with an older checkpoint, to leave out what is newer, says what is not reached', async () => {
    const made = copy('open');
    const { size } = rangeOf(made, ALPHA);
    const note = Buffer.from((await exported.trail.archive.get(checkpointObject(ALPHA, size - 2))) ?? []).toString();
    const { checkpoints } = made.signed.manifest;
    await replaceRange(made, ALPHA, { size: size - 2, consistency: [] });
    await made.sign({ checkpoints: checkpoints.map((one) => (one.endpointId === ALPHA ? { ...one, note } : one)) });
    for (const entry of [size - 2, size - 1]) made.replaceEvidence(manifestObject(ALPHA, entry), undefined);
    expect(await made.faults()).toContainEqual(wrong('evidence-missing', { endpointId: ALPHA }));
  });

  it('that does not tell of a gap says which', async () => {
    const made = copy('open');
    const { coverage } = made.signed.manifest;
    await made.sign({ coverage: { ...coverage, gaps: coverage.gaps.filter(({ endpointId }) => endpointId !== BETA) } });
    expect(await made.faults()).toEqual([wrong('gap-removed', { endpointId: BETA, slot: '2026-11-21T01:00:00Z' })]);
  });

  it('that says it is complete beside gaps says so', async () => {
    const made = copy('open');
    await made.sign({ coverage: { ...made.signed.manifest.coverage, complete: true } });
    expect((await made.faults()).map(({ kind }) => kind)).toContain('export-changed');
  });

  it('with another number of rows says so', async () => {
    const made = copy();
    await made.sign({ rows: rows.length + 1 });
    expect(await made.faults()).toEqual([wrong('export-changed')]);
  });

  it('with the proofs of another log says that it is not what was signed', async () => {
    const made = copy();
    const { left } = rangeOf(made, GAMMA);
    await replaceRange(made, BETA, { left: left.map(() => '00'.repeat(32)), consistency: [] });
    expect(await made.faults()).toContainEqual(wrong('log-rewritten', { endpointId: BETA }));
  });

  it('that narrows its window, with rows from outside it, says which were not asked for', async () => {
    const made = copy('open');
    const window: ExportManifest['window'] = { ...made.signed.manifest.window, until: '2026-11-20T22:11:00Z' };
    await made.sign({ window, question: { ...made.signed.manifest.question, until: [window.until] } });
    const found = await made.faults();
    expect(found).toContainEqual(wrong('row-added', { endpointId: ALPHA, connectionId: ID.dora }));
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['row-added']));
  });

  async function compactRange(size: number): Promise<string[]> {
    const answer = await fetch(`${exported.server.url}/checkpoints/${ALPHA}?range=${size}`);
    return ((await answer.json()) as { compactRange: { hashes: string[] } }).compactRange.hashes;
  }

  async function consistency(from: number): Promise<string[]> {
    const answer = await fetch(`${exported.server.url}/checkpoints/${ALPHA}?from=${from}`);
    return ((await answer.json()) as { consistency: { hashes: string[] } }).consistency.hashes;
  }
});
