import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, type ExportFormat } from '../../lambda/export/formats/format.ts';
import { memberOf } from '../../lambda/export/formats/records.ts';
import { fromJson } from '../../lambda/query/json.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import type { CheckpointAnswer } from '../../lambda/query/schemas/evidence.ts';
import { checkpointObject, manifestObject } from '../../lambda/trail/archive.ts';
import type { EvidenceRange, ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { ProvenExport } from '../support/exports/exported-proof.ts';
import { ExportedTrail } from '../support/exports/exported-trail.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { GAMMA, ID } from '../support/tampering/tampered-names.ts';
import { storeRichly } from '../support/tampering/tampered-story.ts';

/** Of connections that began before it and ended after it. */
const WINDOW = '--since 2026-11-20T22:06:00Z --until 2026-11-20T22:21:00Z';

let exported: ExportedTrail;
let rows: ConnectionAnswer[];

beforeAll(async () => {
  exported = await ExportedTrail.over(await storeRichly(), { isStill: true });
  for (const format of EXPORT_FORMATS) await exported.export(`x.${format}`, `${WINDOW} --format ${format} --evidence`);
  await exported.export('bob', `${WINDOW} --user bob --format ndjson --evidence`);
  await exported.export('open', '--since 2026-11-20T22:06:00Z --format ndjson --evidence');
  rows = readFileSync(exported.path('x.ndjson'), 'utf8').trimEnd().split('\n').map(fromJson) as ConnectionAnswer[];
});
afterAll(() => exported.close());

let made: ProvenExport;
const copy = (name: string) => ProvenExport.copy(exported, name);
beforeEach(() => {
  made = copy('x.ndjson');
});

/** Rows, with other members in one of them. */
function changed(all: ConnectionAnswer[], id: string, members: Partial<ConnectionAnswer>): ConnectionAnswer[] {
  return all.map((row) => (row.connectionId === id ? { ...row, ...members } : row));
}

const REPORTED = { kind: 'reported' } as const;

/** Of one that was there before the evidence and ended in it, of one that lives on, and of one that vanished. */
const CHANGES: readonly [what: string, id: string, members: Partial<ConnectionAnswer>][] = [
  ['the name', ID.bob, { commonName: 'carl', identity: 'carl' }],
  ['a name that nobody said', ID.dora, { username: 'CORP\\Dora', identity: 'CORP\\Dora' }],
  ['a name that nobody said, of one that was there before', ID.bob, { username: 'CORP\\Bob', identity: 'CORP\\Bob' }],
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
  ['that a live one had ended', ID.anna, { status: 'terminated', endedAt: '2026-11-20T22:11:00Z', end: REPORTED }],
  ['the address of one that vanished', ID.carl, { clientIp: '172.31.0.2' }],
  ['the end of one that vanished', ID.carl, { end: REPORTED, endedAt: '2026-11-20T22:09:00Z' }],
  ['the bytes of one that vanished', ID.carl, { egressBytes: 1n }],
];

/** Members of a connection that a fault may mean with its field. */
const membersOf = (format: ExportFormat, field = '') =>
  (['Open', 'Close'] as const).map((activity) => memberOf(format, field, activity) ?? '');

type ToldGap = ExportManifest['coverage']['gaps'][number];

describe('a row that was changed before it was signed', () => {
  it.each(CHANGES)('is found, with its field: %s', async (_, id, members) => {
    await made.replaceRows(changed(rows, id, members));
    const { verdict, faults } = await made.verdict();
    expect([verdict, new Set(faults.map(({ kind }) => kind))]).toEqual(['not-proven', new Set(['row-changed'])]);
    for (const { connectionId, field } of faults) {
      expect([connectionId, field]).toEqual([id, field]);
      expect([field, membersOf('ndjson', field).some((member) => Object.hasOwn(members, member))]).toEqual([
        field,
        true,
      ]);
    }
  });

  it.each(EXPORT_FORMATS)('is found, whatever is changed, in %s', async (format) => {
    const all = copy(`x.${format}`);
    // A first sight that is not the first hides the rest, and OCSF's user is the name itself.
    const told = CHANGES.filter(([, , members]) => !('firstSlot' in members)).filter(
      ([, , members]) => format !== 'ocsf' || Object.keys(members).join() !== 'identity',
    );
    await all.replaceRows(told.reduce((before, [, id, members]) => changed(before, id, members), rows));
    const { faults } = await all.verdict();
    for (const [what, id, members] of told) {
      const fields = faults
        .filter(({ connectionId }) => connectionId === id)
        .flatMap(({ field }) => membersOf(format, field));
      expect([what, fields.some((member) => Object.hasOwn(members, member))]).toEqual([what, true]);
    }
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['row-changed']));
    expect(new Set(faults.map(({ connectionId }) => connectionId))).toEqual(new Set(CHANGES.map(([, id]) => id)));
  });
});

describe.each(EXPORT_FORMATS)('a row in %s', (format) => {
  it.each<[string, () => ConnectionAnswer[], string[]]>([
    ['is not found where nothing was changed', () => rows, []],
    [
      'is found where it was removed',
      () => rows.filter(({ connectionId }) => connectionId !== ID.bob),
      ['row-removed alpha bob'],
    ],
    [
      'is found where it was added',
      () => [...rows, { ...(rows[0] as ConnectionAnswer), connectionId: 'cvpn-connection-0invented' }],
      Array(2).fill(expect.stringMatching(/^row-changed .*cvpn-connection-0invented/)),
    ],
  ])('%s', async (_, changedRows, found) => {
    const other = copy(`x.${format}`);
    await other.replaceRows(changedRows());
    expect(await other.faults()).toEqual(found);
  });
});

describe('a manifest that was signed over less', () => {
  const ranges = (): readonly EvidenceRange[] => made.signed.manifest.evidence ?? [];
  const rangeOf = (endpointId: string): EvidenceRange => {
    const range = ranges().find((one) => one.endpointId === endpointId);
    if (!range) throw new Error(`nothing of ${endpointId} came along`);
    return range;
  };
  const replaceRange = (endpointId: string, more: Partial<EvidenceRange>) =>
    made.sign({ evidence: ranges().map((one) => (one.endpointId === endpointId ? { ...one, ...more } : one)) });
  const isNotBeta = ({ endpointId }: { readonly endpointId?: string | undefined }) => endpointId !== BETA;

  it('a row that the question does not ask for is found', async () => {
    made = copy('bob');
    expect(await made.faults()).toEqual([]);
    for (const connectionId of ['cvpn-connection-f0', ID.dora]) {
      await made.replaceRows(rows.filter((row) => row.connectionId === ID.bob || row.connectionId === connectionId));
      // Of some the evidence of bob alone has no sight; the others are plainly not asked for.
      expect((await made.verdict()).faults).toContainEqual(
        expect.objectContaining({ kind: 'row-added', connectionId }),
      );
    }
  });

  it('without the evidence of an endpoint is found', async () => {
    await made.sign({ evidence: ranges().filter(isNotBeta) });
    expect(await made.faults()).toContain('evidence-missing beta');
  });

  it('without an endpoint at all is found by its rows', async () => {
    const { checkpoints } = made.signed.manifest;
    await made.sign({ evidence: ranges().filter(isNotBeta), checkpoints: checkpoints.filter(isNotBeta) });
    expect(await made.faults()).toContain('row-added beta hugo');
  });

  it('without the checkpoint that evidence is tied to is found', async () => {
    const { checkpoints } = made.signed.manifest;
    await made.sign({ checkpoints: checkpoints.filter(isNotBeta) });
    expect(await made.faults()).toContain('evidence-missing beta');
  });

  it('with a stretch of nothing proves nothing, whatever the file holds', async () => {
    const { first } = rangeOf(ALPHA);
    await replaceRange(ALPHA, { size: first, others: [] });
    await made.replaceRows(rows.filter(({ endpointId }) => endpointId !== ALPHA));
    expect(await made.faults()).toContain('evidence-missing alpha');
  });

  it('with a stretch beyond the log is refused', async () => {
    await replaceRange(ALPHA, { size: Number.MAX_SAFE_INTEGER });
    expect(await made.faults()).toEqual(['evidence-missing alpha']);
  });

  it('with a stretch that begins or ends inside the window says so', async () => {
    made = copy('open');
    const { first, size } = rangeOf(ALPHA);
    expect(await exported.trail.manifests()).toHaveLength(size);
    const { compactRange } = await checkpointWith(`range=${first + 1}`);
    await replaceRange(ALPHA, { first: first + 1, left: compactRange?.hashes ?? [], others: [] });
    expect(await made.faults()).toContain('evidence-missing alpha');
    made = copy('open');
    const { consistency } = await checkpointWith(`from=${size - 2}`);
    await replaceRange(ALPHA, { size: size - 2, consistency: consistency?.hashes ?? [] });
    expect(await made.faults()).toContain('evidence-missing alpha');
  });

  it('with an older checkpoint, to leave out what is newer, says what is not reached', async () => {
    made = copy('open');
    const { size } = rangeOf(ALPHA);
    const note = Buffer.from((await exported.trail.archive.get(checkpointObject(ALPHA, size - 2))) ?? []).toString();
    const { checkpoints } = made.signed.manifest;
    await replaceRange(ALPHA, { size: size - 2, consistency: [] });
    await made.sign({ checkpoints: checkpoints.map((one) => (one.endpointId === ALPHA ? { ...one, note } : one)) });
    for (const entry of [size - 2, size - 1]) made.replaceEvidence(manifestObject(ALPHA, entry), undefined);
    expect(await made.faults()).toContain('evidence-missing alpha');
  });

  it('that does not tell of a gap says which', async () => {
    made = copy('open');
    const { coverage, window } = made.signed.manifest;
    const gaps = coverage.gaps.filter(isNotBeta);
    await made.sign({ coverage: { ...coverage, gaps } });
    expect(await made.faults()).toEqual(['gap-removed beta@2026-11-21T01:00:00Z']);
    // That nothing is recorded of a target excuses no log.
    const { since: start, until: end } = window;
    const ofTarget = { accountId: '111122223333', region: 'us-east-1', start, end, reasons: ['no-run'], ongoing: true };
    await made.sign({ coverage: { ...coverage, gaps: [...gaps, ofTarget] } });
    expect(await made.faults()).toEqual(['gap-removed beta@2026-11-21T01:00:00Z']);
  });

  it.each<[string, (gap: ToldGap) => Partial<ToldGap>, boolean]>([
    ['another', () => ({ reasons: ['throttled'] }), true],
    ['one more', ({ reasons }) => ({ reasons: [...reasons, 'throttled'] }), true],
    ['no', () => ({ reasons: [] }), true],
    ['another, as if it were longer,', () => ({ end: '2026-11-21T02:00:00Z', reasons: ['throttled'] }), true],
    ['more, of a longer time,', ({ reasons }) => ({ end: '2026-11-21T02:00:00Z', reasons: [...reasons, 'x'] }), false],
    ['the signed', () => ({}), false],
  ])('that tells %s reason of a gap: whether that is wrong is told', async (_, change, isWrong) => {
    made = copy('open');
    const { coverage } = made.signed.manifest;
    const gaps = coverage.gaps.map((gap) => (isNotBeta(gap) || gap.ongoing ? gap : { ...gap, ...change(gap) }));
    expect(gaps.filter((gap) => !isNotBeta(gap))).toHaveLength(1);
    await made.sign({ coverage: { ...coverage, gaps } });
    expect(await made.faults()).toEqual(isWrong ? ['gap-changed beta@2026-11-21T01:00:00Z coverage.gaps.reasons'] : []);
  });

  it('that says it is complete beside gaps says so', async () => {
    made = copy('open');
    await made.sign({ coverage: { ...made.signed.manifest.coverage, complete: true } });
    expect((await made.verdict()).faults.map(({ kind }) => kind)).toContain('export-changed');
  });

  it('with another number of rows says so', async () => {
    await made.sign({ rows: rows.length + 1 });
    expect(await made.faults()).toEqual(['export-changed']);
  });

  it('with the proofs of another log says that it is not what was signed', async () => {
    const { left } = rangeOf(GAMMA);
    await replaceRange(BETA, { left: left.map(() => '00'.repeat(32)), consistency: [] });
    expect(await made.faults()).toContain('log-rewritten beta');
  });

  it('that narrows its window, with rows from outside it, says which were not asked for', async () => {
    made = copy('open');
    const window: ExportManifest['window'] = { ...made.signed.manifest.window, until: '2026-11-20T22:11:00Z' };
    await made.sign({ window, question: { ...made.signed.manifest.question, until: [window.until] } });
    const found = await made.faults();
    expect(found).toContain('row-added alpha dora');
    expect(found.filter((fault) => !fault.startsWith('row-added'))).toEqual([]);
  });

  async function checkpointWith(parameter: string): Promise<CheckpointAnswer> {
    const answer = await fetch(`${exported.server.url}/checkpoints/${ALPHA}?${parameter}`);
    return (await answer.json()) as CheckpointAnswer;
  }
});
