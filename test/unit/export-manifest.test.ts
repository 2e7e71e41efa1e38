import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../lambda/trail/canonical-json.ts';
import { signCheckpoint } from '../../lambda/trail/checkpoint.ts';
import {
  EXPORT_KEY_NAME,
  type ExportManifest,
  openManifest,
  type SignedManifest,
  signManifest,
} from '../../lambda/trail/export-manifest.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { signerOf } from '../../local/signing-key.ts';

const ENDPOINT = 'cvpn-endpoint-0aaaaaaaaaaaaaaaa';
const [signer, stranger] = [
  signerOf(generateKeyPairSync('ed25519').privateKey),
  signerOf(generateKeyPairSync('ed25519').privateKey),
];

const MANIFEST: ExportManifest = {
  form: 1,
  kind: 'search',
  format: 'csv',
  files: [{ name: 'november, “final” – übrig.csv', bytes: 1234, sha256: 'ab'.repeat(32) }],
  rows: 17,
  question: { user: ['alice'], since: ['2026-11-01T00:00:00Z'], until: ['2026-11-22T00:00:00Z'] },
  window: { since: '2026-11-01T00:00:00Z', until: '2026-11-22T00:00:00Z', match: 'overlap' },
  coverage: {
    complete: false,
    gaps: [{ endpointId: ENDPOINT, start: '2026-11-02T00:00:00Z', end: '2026-11-02T00:09:00Z', reasons: ['no-run'] }],
    projectedThrough: '2026-11-22T00:00:00Z',
  },
  assumptions: ['AWS lists a connection until 60 minutes after its end.'],
  checkpoints: [{ endpointId: ENDPOINT, note: 'a note' }],
  evidence: [
    {
      endpointId: ENDPOINT,
      first: 3,
      size: 9,
      left: ['cd'.repeat(32)],
      consistency: ['ef'.repeat(32)],
      others: [{ entry: 1, inclusion: ['01'.repeat(32)] }],
    },
  ],
  exportedAt: '2026-11-22T12:00:00Z',
  exportedBy: 'arn:aws:iam::123456789012:user/auditor',
  versions: { exporter: '0.1.0' },
};

const keys = async () => [await stranger.publicKey(), await signer.publicKey()];
/** As it comes back from a file that somebody has formatted. */
const reread = (signed: SignedManifest) => JSON.parse(JSON.stringify(signed, null, 4)) as SignedManifest;

/** The paths to all values that are no object, as names and indexes. */
function leafPaths(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([name, member]) => leafPaths(member, [...path, name]));
}

function changeAt(value: unknown, [name = '', ...rest]: readonly string[]): unknown {
  if (name === '')
    return typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)} `;
  if (Array.isArray(value))
    return value.map((member, index) => (String(index) === name ? changeAt(member, rest) : member));
  const members = value as Record<string, unknown>;
  return { ...members, [name]: changeAt(members[name], rest) };
}

describe('the manifest of an export', () => {
  it('opens as it was signed, however its file was formatted since', async () => {
    const signed = reread(await signManifest(MANIFEST, signer));
    const { signedBy, ...manifest } = openManifest(signed, await keys());
    expect(manifest).toEqual(MANIFEST);
    expect(Buffer.from(signedBy)).toEqual(Buffer.from(signed.publicKey, 'base64'));
    expect(signed.signature).toMatch(/^— client-vpn-audit\/export [A-Za-z0-9+/]+=*$/);
  });

  it('is signed over its name and the hash of its canonical JSON: WebCrypto finds it so', async () => {
    const { signature, publicKey } = await signManifest(MANIFEST, signer);
    const hash = createHash('sha256')
      .update(canonicalJson(JSON.parse(JSON.stringify(MANIFEST))))
      .digest('hex');
    const text = `${EXPORT_KEY_NAME}\n${hash}\n`;
    const key = await crypto.subtle.importKey('raw', Buffer.from(publicKey, 'base64'), 'Ed25519', false, ['verify']);
    const bytes = Buffer.from(signature.split(' ')[2] ?? '', 'base64').subarray(4);
    expect(await crypto.subtle.verify('Ed25519', key, bytes, Buffer.from(text))).toBe(true);
  });

  it.each(leafPaths(MANIFEST).map((path) => [path.join('.'), path] as const))(
    'is refused with another %s',
    async (_, path) => {
      const signed = await signManifest(MANIFEST, signer);
      const changed = changeAt(MANIFEST, path) as ExportManifest;
      expect(changed).not.toEqual(MANIFEST);
      const trusted = await keys();
      expect(() => openManifest({ ...signed, manifest: changed }, trusted)).toThrow('is not one of this text');
    },
  );

  it.each(Object.keys(MANIFEST))('is refused without its %s', async (name) => {
    const signed = await signManifest(MANIFEST, signer);
    const { [name as 'rows']: _, ...rest } = MANIFEST;
    const trusted = await keys();
    expect(() => openManifest({ ...signed, manifest: rest as ExportManifest }, trusted)).toThrow(
      'is not one of this text',
    );
  });

  it('is refused with a member more', async () => {
    const signed = await signManifest(MANIFEST, signer);
    const trusted = await keys();
    const more = { ...MANIFEST, remark: 'complete' } as ExportManifest;
    expect(() => openManifest({ ...signed, manifest: more }, trusted)).toThrow('is not one of this text');
  });

  it('is refused where a key has signed it that is not trusted, whatever key it says', async () => {
    const signed = await signManifest(MANIFEST, stranger);
    const trusted = [await signer.publicKey()];
    const publicKey = Buffer.from(await signer.publicKey()).toString('base64');
    expect(() => openManifest(signed, trusted)).toThrow(expect.objectContaining({ reason: 'unknown-key' }));
    expect(() => openManifest({ ...signed, publicKey }, trusted)).toThrow(
      expect.objectContaining({ reason: 'unknown-key' }),
    );
  });

  it('is refused with the signature of a checkpoint', async () => {
    const note = await signCheckpoint({ origin: EXPORT_KEY_NAME, size: 1, root: leafHash('x') }, signer);
    const signature = note.trimEnd().split('\n').at(-1) ?? '';
    const trusted = await keys();
    expect(() => openManifest({ manifest: MANIFEST, signature, publicKey: '' }, trusted)).toThrow(
      expect.objectContaining({ reason: 'wrong-signature' }),
    );
  });

  it.each(['', 'no signature', '— client-vpn-audit/export', '— client-vpn-audit/export !'])(
    'is refused with %j for a signature',
    async (signature) => {
      const trusted = await keys();
      expect(() => openManifest({ manifest: MANIFEST, signature, publicKey: '' }, trusted)).toThrow(
        expect.objectContaining({ reason: 'malformed' }),
      );
    },
  );
});
