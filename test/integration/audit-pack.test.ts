import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import type { AccessesAnswer } from '../../lambda/query/schemas/trail.ts';
import { type SignedManifest, signManifest } from '../../lambda/trail/export-manifest.ts';
import { type AskedCommand, ask } from '../support/command/asked-api.ts';
import { runByHand } from '../support/exports/by-hand.ts';
import type { ProofVerdict } from '../support/exports/exported-proof.ts';
import { ExportedTrail } from '../support/exports/exported-trail.ts';
import { storeRichly } from '../support/tampering/tampered-story.ts';

const WORDS = ['audit', '--since', '2026-11-20T22:00:00Z', '--until', '2026-11-21T03:00:00Z'];
const BESIDE = ['README.md', 'controls.md', 'coverage.json', 'accesses.ndjson', 'keys.json', 'verify-by-hand.sh'];

let exported: ExportedTrail;
let made: AskedCommand;
beforeAll(async () => {
  exported = await ExportedTrail.over(await storeRichly());
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
    const text = (name: string) => readFileSync(exported.path(`pack/${name}`), 'utf8');
    expect(text('README.md')).toContain('cvpn-audit verify . --key KEY');
    expect(text('controls.md')).toMatch(/\| PCI DSS[^|]*\|[^|]*\| `connections\.csv`, `coverage\.json` \|/);
    const accesses = text('accesses.ndjson').trimEnd().split('\n');
    const key = Buffer.from(await exported.trail.signer.publicKey()).toString('base64');
    const [script, file] = [exported.path('pack/verify-by-hand.sh'), exported.path('pack/connections.csv')];
    const byHand = runByHand(script, [file, key]);
    expect([byHand.status, byHand.stdout]).toEqual([0, expect.stringContaining('RIGHT: everything that was checked')]);
    expect(accesses.map((line) => (JSON.parse(line) as AccessesAnswer['accesses'][number]).question)).not.toEqual([]);
  });

  it.each([...BESIDE, 'connections.csv'])('in whose %s a byte was changed, or which lacks it, is not', async (name) => {
    const folder = copy();
    writeFileSync(join(folder, name), `${readFileSync(join(folder, name), 'utf8')} `);
    expect((await verify(folder)).faults.map(({ kind, message }) => `${kind} ${message}`)).toContainEqual(
      expect.stringMatching(new RegExp(`^export-changed ${name} has`)),
    );
    rmSync(join(folder, name));
    expect((await verify(folder)).verdict).toBe('not-proven');
  });

  it('with more in its folder is not', async () => {
    const folder = copy();
    writeFileSync(join(folder, 'approved.txt'), '');
    expect((await verify(folder)).faults).toMatchObject([
      { kind: 'object-added', message: expect.stringContaining('approved.txt') },
    ]);
  });

  it('does not say less of gaps than what the trail has signed', async () => {
    const folder = copy();
    const place = join(folder, 'coverage.json');
    const told = JSON.parse(readFileSync(place, 'utf8')) as CoverageAnswer;
    writeFileSync(place, JSON.stringify({ ...told, endpoints: told.endpoints.map((one) => ({ ...one, gaps: [] })) }));
    const manifest = join(folder, 'connections.csv.manifest.json');
    const signed = JSON.parse(readFileSync(manifest, 'utf8')) as SignedManifest;
    const bytes = readFileSync(place);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const beside = signed.manifest.beside?.map((one) =>
      one.name === 'coverage.json' ? { ...one, bytes: bytes.length, sha256 } : one,
    );
    writeFileSync(manifest, JSON.stringify(await signManifest({ ...signed.manifest, beside }, exported.trail.signer)));
    expect((await verify(folder)).faults).toMatchObject([{ kind: 'export-changed', field: 'coverage.json' }]);
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
