import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import type { KeysAnswer, TrailCheckpointAnswer } from '../../lambda/query/schemas/evidence.ts';
import type { AccessesAnswer } from '../../lambda/query/schemas/trail.ts';
import { originOf, signCheckpoint } from '../../lambda/trail/checkpoint.ts';
import { EXPORT_KEY_NAME, type SignedManifest, signManifest } from '../../lambda/trail/export-manifest.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { formatVerifierKey, toPem } from '../../lambda/trail/signed-note.ts';
import { type LogState, readTrailEntry, trailEntryText } from '../../lambda/trail/trail-log.ts';
import { readKeptCheckpoints } from '../../verification/log/kept-checkpoints.ts';
import { type AskedCommand, ask } from '../support/command/asked-api.ts';
import { runByHand } from '../support/exports/by-hand.ts';
import type { ProofVerdict } from '../support/exports/exported-proof.ts';
import { ExportedTrail } from '../support/exports/exported-trail.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';
import { GAMMA } from '../support/tampering/tampered-names.ts';
import { storeRichly } from '../support/tampering/tampered-story.ts';

const WORDS = ['audit', '--since', '2026-11-20T22:00:00Z', '--until', '2026-11-21T03:00:00Z'];
/** A target that nothing was ever recorded of. */
const UNLISTED = { accountId: '999988887777', region: 'eu-west-1' };
const BESIDE = [
  'README.md',
  'controls.md',
  'coverage.json',
  'accesses.ndjson',
  'keys.json',
  'trail.json',
  'verify-by-hand.sh',
];

let exported: ExportedTrail;
let made: AskedCommand;
beforeAll(async () => {
  exported = await ExportedTrail.over(await storeRichly(), { TARGETS: [UNLISTED] });
  exported.way.isDown = ({ target }) => target.startsWith('/accesses');
  made = await audit(exported.path('pack'));
});
afterAll(() => exported.close());

const audit = (out: string, words: readonly string[] = WORDS) =>
  ask(exported.way.url, [...words, '--out', out], { time: { now: () => exported.trail.now } });

async function verify(folder: string): Promise<ProofVerdict> {
  const key = Buffer.from(await exported.trail.signer.publicKey()).toString('base64');
  const { out, said } = await ask('http://127.0.0.1:9', ['verify', folder, '--key', key, '--output', 'json']);
  if (out === '') throw new Error(said);
  return JSON.parse(out) as ProofVerdict;
}

/** A copy of the pack, which a test may tamper with. */
function copy(): string {
  const folder = mkdtempSync(join(exported.folder, 'copy-'));
  cpSync(exported.path('pack'), folder, { recursive: true });
  return folder;
}

/** A copy in which one file has something else, signed anew. */
async function copyWith(
  name: string,
  change: (told: never) => unknown,
  read: (text: string) => unknown = JSON.parse,
): Promise<string> {
  const folder = copy();
  const place = join(folder, name);
  writeFileSync(place, JSON.stringify(await change(read(readFileSync(place, 'utf8')) as never)));
  const manifest = join(folder, 'connections.csv.manifest.json');
  const signed = JSON.parse(readFileSync(manifest, 'utf8')) as SignedManifest;
  const bytes = readFileSync(place);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const beside = signed.manifest.beside?.map((one) =>
    one.name === name ? { ...one, bytes: bytes.length, sha256 } : one,
  );
  writeFileSync(manifest, JSON.stringify(await signManifest({ ...signed.manifest, beside }, exported.trail.signer)));
  return folder;
}

describe('cvpn-audit audit', () => {
  it('that is interrupted says how it goes on, and goes on', async () => {
    expect([made.code, made.said]).toEqual([
      1,
      expect.stringContaining('To go on: cvpn-audit audit --since 2026-11-20T22:00:00Z'),
    ]);
    expect(existsSync(exported.path('pack/connections.csv'))).toBe(false);
    exported.way.isDown = () => false;
    const { code, said } = await audit(exported.path('pack'));
    expect([code, said]).toEqual([4, expect.stringContaining('Going on with the export of 2026-11-20T22:00:00Z')]);
    expect(exported.files('pack').filter((name) => !name.includes('/'))).toEqual(
      [...BESIDE, 'connections.csv', 'connections.csv.manifest.json'].sort(),
    );
  });

  it('makes a pack that is proven whole', async () => {
    expect(await verify(exported.path('pack'))).toMatchObject({ verdict: 'proven', faults: [], keysPinned: true });
    const signed = exported.manifest('pack/connections.csv').manifest.coverage;
    expect(signed.gaps).toContainEqual({
      ...UNLISTED,
      start: '2026-11-20T22:00:00Z',
      end: '2026-11-21T03:00:00Z',
      reasons: ['no-run'],
      ongoing: true,
    });
    const text = (name: string) => readFileSync(exported.path(`pack/${name}`), 'utf8');
    expect(text('README.md')).toContain('cvpn-audit verify . --key KEY');
    expect(text('controls.md')).toMatch(/\| PCI DSS[^|]*\|[^|]*\| `connections\.csv`, `coverage\.json` \|/);
    const accesses = text('accesses.ndjson').trimEnd().split('\n');
    const key = Buffer.from(await exported.trail.signer.publicKey()).toString('base64');
    const [script, file] = [exported.path('pack/verify-by-hand.sh'), exported.path('pack/connections.csv')];
    const byHand = runByHand(script, [file, key]);
    expect([byHand.status, byHand.stdout]).toEqual([0, expect.stringContaining('RIGHT: everything that was checked')]);
    expect(byHand.stdout).toContain('ok     the checkpoint over all logs is signed: 25 entries');
    expect(byHand.stdout).toContain(`         ${GAMMA} of 3 entries, root `);
    expect(accesses.map((line) => (JSON.parse(line) as AccessesAnswer['accesses'][number]).question)).not.toEqual([]);
  });

  it('in which a byte of a file was changed, or which lacks one, is not, whichever file it is', async () => {
    const folder = copy();
    const names = [...BESIDE, 'connections.csv'];
    for (const name of names) writeFileSync(join(folder, name), `${readFileSync(join(folder, name), 'utf8')} `);
    const changed = (await verify(folder)).faults.map(({ kind, message }) => `${kind} ${message}`);
    expect(changed).toEqual(
      expect.arrayContaining(names.map((name) => expect.stringMatching(new RegExp(`^export-changed ${name} has`)))),
    );
    cpSync(exported.path('pack'), folder, { recursive: true });
    rmSync(join(folder, 'connections.csv'));
    expect((await verify(folder)).verdict).toBe('not-proven');
    cpSync(exported.path('pack'), folder, { recursive: true });
    for (const name of BESIDE) rmSync(join(folder, name));
    const lacking = (await verify(folder)).faults.map(({ message }) => message).join('\n');
    for (const name of BESIDE) expect(lacking).toContain(name);
  });

  it('with more in its folder is not', async () => {
    const folder = copy();
    writeFileSync(join(folder, 'approved.txt'), '');
    expect((await verify(folder)).faults).toMatchObject([
      { kind: 'object-added', message: expect.stringContaining('approved.txt') },
    ]);
  });

  type Told = CoverageAnswer['endpoints'][number];
  const ofEach = (change: (one: Told) => Partial<Told>) => (told: CoverageAnswer) => ({
    ...told,
    endpoints: told.endpoints.map((one) => ({ ...one, ...change(one) })),
  });
  it.each<[string, (told: CoverageAnswer) => unknown]>([
    ['say less of gaps than what the trail has signed', ofEach(() => ({ gaps: [] }))],
    [
      'tell of shorter gaps',
      ofEach(({ gaps }) => ({ gaps: gaps.map((gap) => ({ ...gap, end: gap.start, ongoing: undefined })) })),
    ],
    [
      'tell of gaps for other reasons',
      ofEach(({ gaps }) => ({ gaps: gaps.map((gap) => ({ ...gap, reasons: ['no-run'] })) })),
    ],
    ['call an endpoint complete that is not', ofEach(() => ({ complete: true }))],
    [
      'call time proven that is in a gap',
      (told) => ofEach(() => ({ proven: [{ start: told.window.since, end: told.window.until }] }))(told),
    ],
    ['leave out a target of which nothing is recorded', (told) => ({ ...told, gaps: [] })],
    [
      'tell of another target instead',
      ({ gaps = [], ...told }) => ({ ...told, gaps: gaps.map((gap) => ({ ...gap, region: 'us-east-1' })) }),
    ],
    ['leave out an endpoint', (told) => ({ ...told, endpoints: told.endpoints.slice(1) })],
    ['tell of another time', (told) => ({ ...told, window: { ...told.window, since: '2026-11-20T23:00:00Z' } })],
  ])('does not %s', async (_, change) => {
    const folder = await copyWith('coverage.json', change);
    expect((await verify(folder)).faults).toMatchObject([{ kind: 'export-changed', field: 'coverage.json' }]);
  });

  it('with a script that may say anything is said to have another one', async () => {
    const folder = await copyWith(
      'verify-by-hand.sh',
      () => ['echo RIGHT'],
      (text) => text,
    );
    const { faults, notes } = await verify(folder);
    expect([faults, notes]).toEqual([[], [expect.stringContaining('verify-by-hand.sh is not that of this version')]]);
  });

  const ofTrail = async (change: (told: TrailCheckpointAnswer) => unknown) =>
    (await verify(await copyWith('trail.json', change))).faults;
  /** As only who has the trail's key can: one entry, which names other logs. */
  const signedAnew =
    (change: (logs: readonly LogState[]) => readonly LogState[]) =>
    async (told: TrailCheckpointAnswer): Promise<TrailCheckpointAnswer> => {
      const last = readTrailEntry(told.entry);
      if (!last) throw new Error('there is no entry');
      const entry = trailEntryText({ ...last, entry: 0, logs: change(last.logs) });
      const root = leafHash(entry);
      const checkpoint = await signCheckpoint({ origin: told.origin, size: 1, root }, exported.trail.signer);
      return { ...told, checkpoint, entry, inclusion: [] };
    };

  it('has the checkpoint over all logs, which verify of the trail takes', async () => {
    const told = JSON.parse(readFileSync(exported.path('pack/trail.json'), 'utf8')) as TrailCheckpointAnswer;
    expect(readKeptCheckpoints(told.checkpoint, 'trail.json')).toMatchObject([{ endpointId: told.trail, size: 25 }]);
    expect(readTrailEntry(told.entry)?.logs.map(({ size }) => size)).toEqual([25, 25, 3]);
  });

  it('is not proven with a checkpoint over all logs that another key has signed, or with another entry', async () => {
    expect(
      await ofTrail(async ({ origin, size, root, ...told }) => {
        const checkpoint = await signCheckpoint({ origin, size, root: Buffer.from(root, 'hex') }, STRANGER);
        return { ...told, origin, size, root, checkpoint };
      }),
    ).toMatchObject([{ kind: 'checkpoint-of-another-key', field: 'trail.json' }]);
    const message = expect.stringContaining('not the last one under its checkpoint');
    expect(await ofTrail((told) => ({ ...told, entry: told.entry.replace('"size":25', '"size":24') }))).toMatchObject([
      { kind: 'export-changed', field: 'trail.json', message },
    ]);
    expect(await ofTrail(() => ({}))).toMatchObject([{ kind: 'export-changed', field: 'trail.json' }]);
    expect(await ofTrail((told) => ({ ...told, trail: ALPHA }))).toMatchObject([{ kind: 'export-changed' }]);
  });

  it('is not proven where the trail’s checkpoint contradicts the manifest, or names a log that did not come along', async () => {
    expect(await ofTrail(signedAnew((logs) => logs))).toEqual([]);
    const root = Buffer.alloc(32).toString('base64');
    expect(await ofTrail(signedAnew((logs) => logs.map((log) => ({ ...log, root }))))).toMatchObject(
      [ALPHA, BETA, GAMMA].map((endpointId) => ({ kind: 'log-rewritten', endpointId })),
    );
    const more = { origin: originOf('cvpn-endpoint-0ddddddddddddddd0'), size: 1, root };
    expect(await ofTrail(signedAnew((logs) => [...logs, more]))).toMatchObject([
      { kind: 'evidence-missing', endpointId: 'cvpn-endpoint-0ddddddddddddddd0' },
    ]);
  });

  it('is wrong by hand too, where its checkpoint over all logs is', async () => {
    const key = Buffer.from(await exported.trail.signer.publicKey()).toString('base64');
    const byHand = async (change: (told: TrailCheckpointAnswer) => unknown) => {
      const folder = await copyWith('trail.json', change);
      const { stdout } = runByHand(join(folder, 'verify-by-hand.sh'), [join(folder, 'connections.csv'), key]);
      return stdout.split('\n').flatMap((line) => (line.startsWith('WRONG  ') ? [line.slice(7)] : []));
    };
    const root = Buffer.alloc(32).toString('base64');
    expect(await byHand(signedAnew((logs) => logs.map((log) => ({ ...log, root }))))).toEqual(
      [ALPHA, BETA, GAMMA].map(
        (id) => `the checkpoint over all logs names another root of ${id} than its own checkpoint`,
      ),
    );
    expect(await byHand((told) => ({ ...told, inclusion: ['$(x)'] }))).toEqual([
      expect.stringMatching(/the entry in .* is not the last one/),
    ]);
    const note = (told: TrailCheckpointAnswer) => told.checkpoint.replace('\n25\n', '\n26\n');
    expect(await byHand((told) => ({ ...told, checkpoint: note(told) }))).toEqual([
      expect.stringMatching(/the checkpoint in .* is not signed/),
    ]);
  });

  it('notes where the trail’s checkpoint is of another moment than those of the manifest', async () => {
    const folder = await copyWith(
      'trail.json',
      signedAnew((logs) => logs.map((log) => ({ ...log, size: log.size + 1 }))),
    );
    const { faults, notes } = await verify(folder);
    expect([faults, notes]).toEqual([[], Array.from({ length: 3 }, () => expect.stringContaining('names'))]);
  });

  it('is not proven with keys that are none, and says which nobody named', async () => {
    const ofKeys = async (change: (told: KeysAnswer) => unknown) => verify(await copyWith('keys.json', change));
    const other = Buffer.from(await STRANGER.publicKey()).toString('base64');
    for (const publicKey of [other, 'x']) {
      const changed = await ofKeys(({ keys }) => ({ keys: keys.map((one) => ({ ...one, publicKey })) }));
      expect(changed.faults).toMatchObject([{ kind: 'export-changed', field: 'keys.json' }]);
    }
    expect((await ofKeys(() => [])).faults).toMatchObject([{ kind: 'export-changed', field: 'keys.json' }]);
    const pem = toPem(await STRANGER.publicKey());
    const exportVerifierKey = formatVerifierKey({ name: EXPORT_KEY_NAME, publicKey: await STRANGER.publicKey() });
    const named = { algorithm: 'Ed25519', publicKey: other, pem, exportVerifierKey, logs: [] };
    const more = await ofKeys(({ keys }) => ({ keys: [...keys, named] }));
    expect(more).toMatchObject({
      faults: [],
      notes: [expect.stringContaining(`the key ${other}, which was not named`)],
    });
  });

  it.each([
    ['a folder with files', () => '.', 'a new or empty folder; this one has files'],
    ['a file', () => 'pack/README.md', 'a folder; this is a file'],
    ['a folder in none', () => 'none/pack', 'a folder in one that is there'],
  ])('refuses %s', async (_, out, said) => {
    mkdirSync(exported.path('pack'), { recursive: true });
    const refused = await audit(exported.path(out()));
    expect([refused.code, refused.said]).toEqual([2, expect.stringContaining(said)]);
  });

  it('needs the beginning of the time', async () => {
    expect(await audit(exported.path('other'), ['audit'])).toMatchObject({
      code: 2,
      said: expect.stringContaining('--since'),
    });
  });

  it('of a folder that is no pack says what was expected', async () => {
    const folder = mkdtempSync(join(exported.folder, 'empty-'));
    const { code, said } = await ask('http://127.0.0.1:9', ['verify', folder]);
    expect([code, said]).toEqual([1, expect.stringContaining('is no pack of cvpn-audit audit')]);
  });
});
