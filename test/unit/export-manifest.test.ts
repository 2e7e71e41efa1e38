import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
import { MANIFEST } from '../support/exports/export-signing.ts';

const newSigner = () => signerOf(generateKeyPairSync('ed25519').privateKey);
const [signer, stranger] = [newSigner(), newSigner()];

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

/** The names of all members, each within those that hold it; a question has the names that its caller gave. */
function memberNames(value: unknown, path = ''): string[] {
  if (Array.isArray(value) && typeof value[0] === 'object') return memberNames(value[0], `${path}[]`);
  if (typeof value !== 'object' || Array.isArray(value) || path === 'question') return [path];
  return Object.entries(value ?? {}).flatMap(([name, member]) => memberNames(member, path ? `${path}.${name}` : name));
}

it('docs/data.md says of each member who computed it, and what is recomputed of it', () => {
  const [, section = ''] = readFileSync('docs/data.md', 'utf8').split('### What each member claims');
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  const cells = rows.map((line) => line.split('|').map((cell) => cell.trim()));
  for (const [, , from, recomputed] of cells) expect([from, recomputed]).not.toContain('');
  const members = cells.flatMap(([, names = '']) => names.split(', ').map((name) => name.slice(1, -1)));
  expect(members.toSorted()).toEqual(memberNames(MANIFEST).toSorted());
});

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

  const refused = (reason: string) => expect.objectContaining({ reason });
  const others: (readonly [what: string, manifest: unknown])[] = [
    ...leafPaths(MANIFEST).map((path) => [`another ${path.join('.')}`, changeAt(MANIFEST, path)] as const),
    ...Object.keys(MANIFEST).map((name) => [`no ${name}`, { ...MANIFEST, [name]: undefined }] as const),
    ['a member more', { ...MANIFEST, remark: 'complete' }],
  ];
  it.each(others)('is refused with %s', async (_, other) => {
    const [signed, trusted] = [await signManifest(MANIFEST, signer), await keys()];
    const manifest = JSON.parse(JSON.stringify(other)) as ExportManifest;
    expect(manifest).not.toEqual(MANIFEST);
    expect(() => openManifest({ ...signed, manifest }, trusted)).toThrow('is not one of this text');
  });

  it('is refused where a key has signed it that is not trusted, whatever key it says', async () => {
    const [signed, trusted] = [await signManifest(MANIFEST, stranger), [await signer.publicKey()]];
    for (const publicKey of [signed.publicKey, Buffer.from(await signer.publicKey()).toString('base64')]) {
      expect(() => openManifest({ ...signed, publicKey }, trusted)).toThrow(refused('unknown-key'));
    }
  });

  const ofCheckpoint = async () => {
    const note = await signCheckpoint({ origin: EXPORT_KEY_NAME, size: 1, root: leafHash('x') }, signer);
    return note.trimEnd().split('\n').at(-1) ?? '';
  };
  it.each<[string, string | (() => Promise<string>)]>([
    ['malformed', ''],
    ['malformed', 'no signature'],
    ['malformed', '— client-vpn-audit/export'],
    ['malformed', '— client-vpn-audit/export !'],
    ['wrong-signature', ofCheckpoint],
  ])('is refused as %s with %s for a signature', async (reason, given) => {
    const signature = typeof given === 'string' ? given : await given();
    const trusted = await keys();
    expect(() => openManifest({ manifest: MANIFEST, signature, publicKey: '' }, trusted)).toThrow(refused(reason));
  });
});
