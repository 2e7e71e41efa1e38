import { createHash } from 'node:crypto';
import { type CanonicalValue, canonicalJson } from './canonical-json.ts';
import { NoteRefused, openNote, type Signer, signNote } from './signed-note.ts';
import type { Instant } from './time.ts';
import { toError } from './to-error.ts';

/** A file under a signed manifest. */
export interface SignedFile {
  /** Without a folder: the file is beside the manifest. */
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

interface ExportedFile extends SignedFile {
  /** Whether it begins with a byte order mark, as CSV for Excel does. */
  readonly bom?: true | undefined;
}

/**
 * What was exported, and its evidence. Everything in it is signed; `docs/data.md` describes it.
 */
export interface ExportManifest {
  readonly form: 1;
  /** `search`: the connections that match a question. `day`: those that changed in a day of an endpoint's log. */
  readonly kind: 'search' | 'day';
  readonly format: 'csv' | 'ndjson' | 'parquet' | 'ocsf';
  readonly files: readonly ExportedFile[];
  readonly rows: number;
  /** The parameters of `GET /connections`, each with its values; the window is among them, with both ends. */
  readonly question: Readonly<Record<string, readonly string[]>>;
  readonly window: { readonly since: Instant; readonly until: Instant; readonly match: string };
  /** What may be missing from the window. */
  readonly coverage: {
    readonly complete: boolean;
    readonly gaps: readonly {
      readonly endpointId?: string | undefined;
      /** Of a target of which no endpoint is recorded. */
      readonly accountId?: string | undefined;
      readonly region?: string | undefined;
      readonly start: Instant;
      readonly end: Instant;
      readonly reasons: readonly string[];
      readonly ongoing?: boolean | undefined;
    }[];
    readonly projectedThrough?: Instant | undefined;
    readonly pendingSince?: Instant | undefined;
  };
  /** The assumptions behind statements about coverage. */
  readonly assumptions: readonly string[];
  /** The newest signed checkpoint of each endpoint's log. */
  readonly checkpoints: readonly { readonly endpointId: string; readonly note: string }[];
  /** The included ranges of the logs; absent without `--evidence`. */
  readonly evidence?: readonly EvidenceRange[] | undefined;
  /** Files without rows that came with the export, as in an auditor's pack: signed are their hashes, and nothing of their content. */
  readonly beside?: readonly SignedFile[] | undefined;
  readonly exportedAt: Instant;
  /** Who asked for it: an IAM ARN, or the local user on one machine. */
  readonly exportedBy: string;
  readonly versions: { readonly exporter: string };
}

/** A range of an endpoint's log that an export includes, with its proof against the checkpoint. */
export interface EvidenceRange {
  readonly endpointId: string;
  /** The first entry of the stretch, and how many entries the log had after the last. */
  readonly first: number;
  readonly size: number;
  /** The compact range of the entries before the first: roots of perfect subtrees, largest first, hexadecimal. */
  readonly left: readonly string[];
  /** The proof (RFC 6962, section 2.1.2) that the checkpoint's tree begins with the one of `size`, hexadecimal. */
  readonly consistency: readonly string[];
  /** Entries outside of the stretch that hold a row's first or last sight, each with its audit path, hexadecimal. */
  readonly others: readonly { readonly entry: number; readonly inclusion: readonly string[] }[];
}

/** A manifest with its signature, as it stands in `FILE.manifest.json`. */
export interface SignedManifest {
  readonly manifest: ExportManifest;
  /** The note's signature line. */
  readonly signature: string;
  /** Ed25519, base64: the claimed signer. A verifier must get the key from elsewhere. */
  readonly publicKey: string;
}

/** The key name on manifests, and the first line of the signed text: a manifest cannot be confused with a checkpoint. */
export const EXPORT_KEY_NAME = 'client-vpn-audit/export';

/**
 * Signs a manifest: a C2SP signed note over the hash of its canonical JSON, since KMS signs at most 4,096 bytes (KMS API
 * reference, Sign) and a manifest may be longer.
 */
export async function signManifest(manifest: ExportManifest, signer: Signer): Promise<SignedManifest> {
  const note = await signNote(signedText(manifest), EXPORT_KEY_NAME, signer);
  const publicKey = Buffer.from(await signer.publicKey()).toString('base64');
  return { manifest, signature: note.slice(note.lastIndexOf('\n\n') + 2).trimEnd(), publicKey };
}

/**
 * The manifest, if one of the keys has signed exactly this.
 *
 * @throws NoteRefused
 */
export function openManifest(
  { manifest, signature }: SignedManifest,
  publicKeys: readonly Uint8Array[],
): ExportManifest & { readonly signedBy: Uint8Array } {
  const keys = publicKeys.map((publicKey) => ({ name: EXPORT_KEY_NAME, publicKey }));
  const { signedBy } = openNote(`${signedText(manifest)}\n${signature}\n`, keys);
  return { ...manifest, signedBy: signedBy[0].publicKey };
}

function canonicalText(manifest: ExportManifest): string {
  try {
    return canonicalJson(manifest as unknown as CanonicalValue);
  } catch (error) {
    throw new NoteRefused('malformed', `this is no manifest of an export: ${toError(error).message}`);
  }
}

function signedText(manifest: ExportManifest): string {
  const hash = createHash('sha256').update(canonicalText(manifest)).digest('hex');
  return `${EXPORT_KEY_NAME}\n${hash}\n`;
}
