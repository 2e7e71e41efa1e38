import type { KeysAnswer, TrailCheckpointAnswer } from '../../lambda/query/schemas/evidence.ts';
import { readRegularFile } from '../../lambda/regular-file.ts';
import { LARGEST_OBJECT_BYTES } from '../../lambda/trail/archive.ts';
import { parseObject } from '../../lambda/trail/bounded-json.ts';
import { endpointOf } from '../../lambda/trail/checkpoint.ts';
import { EXPORT_KEY_NAME, type ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { isListOf, isObjectOf, isText, type Judges, judge } from '../../lambda/trail/judged.ts';
import { isEqual, verifyInclusion } from '../../lambda/trail/merkle-proofs.ts';
import { askedOwnerWords, asksForOwner } from '../../lambda/trail/owner.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { formatVerifierKey, toPem } from '../../lambda/trail/signed-note.ts';
import { isTrailName, type LogState, nameOfOrigin, readTrailEntry, rootBytes } from '../../lambda/trail/trail-log.ts';
import type { FaultKind, Findings } from '../findings.ts';
import { readCheckpointNote, readVouchedNote, type TrustedCheckpoint } from '../log/trusted-checkpoint.ts';
import { toText } from '../read-text-file.ts';
import type { TrustedKeys } from '../trusted-keys.ts';
import { ownersOf } from './exported-question.ts';

/** What the signed manifest of a pack has of the logs. */
export interface PackLogs {
  readonly question: ExportManifest['question'];
  /** The manifest's checkpoints that can be trusted, by endpoint. */
  readonly checkpoints: ReadonlyMap<string, TrustedCheckpoint>;
  readonly keys: TrustedKeys;
  /** The logs that are proven to be of other accounts or Regions than the question asks for, up to so many entries. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/**
 * Verifies the checkpoint over all logs in a pack: a trusted key has signed it, the entry beside it is its last, and that contradicts no
 * checkpoint of the manifest. Each log that it names must have come along, unless the question names endpoints, or the log is proven to be of
 * another account or Region than the question asks for.
 */
export function verifyPackTrail(path: string, name: string, logs: PackLogs, findings: Findings): void {
  const { question, checkpoints, keys, leftOut } = logs;
  const opened = openTrail(path, name, keys);
  if (!Array.isArray(opened)) {
    findings.fault({ kind: 'export-changed', place: 'export', field: name, ...opened });
    return;
  }
  for (const { origin, size, root } of opened) {
    const endpointId = nameOfOrigin(origin);
    const own = checkpoints.get(endpointId);
    const of = { place: 'export', endpointId, field: name } as const;
    if (own?.size === size && !isEqual(own.root, rootBytes(root))) {
      const message = `The trail’s checkpoint names another root of the ${size} entries than the checkpoint in the manifest.`;
      findings.fault({ kind: 'log-rewritten', ...of, message });
    } else if (!own && question.endpoint === undefined && (leftOut.get(endpointId) ?? 0) < size) {
      const message = `The trail’s checkpoint names ${size} entries of this log; the manifest has no checkpoint of it to trust, though ${whyExpected(question)}.`;
      findings.fault({ kind: 'evidence-missing', ...of, message });
    } else if (own && own.size !== size) {
      findings.note(
        `${endpointId}: the trail’s checkpoint names ${size} entries, the manifest’s checkpoint ${own.size}: that one goes on from the other, cvpn-audit verify of the trail tells.`,
      );
    }
  }
}

const whyExpected = (question: PackLogs['question']): string =>
  asksForOwner(ownersOf(question))
    ? `nothing proves that it is not one of an endpoint ${askedOwnerWords(ownersOf(question))}`
    : 'no endpoint was left out';

/** The logs that the trail's checkpoint names, or why they are not to be trusted. */
function openTrail(
  path: string,
  name: string,
  keys: TrustedKeys,
): LogState[] | { readonly kind?: FaultKind; readonly message: string } {
  const told = readAnswer(path, TRAIL_JUDGES) as TrailCheckpointAnswer | undefined;
  if (!told) return { message: `${name} is no answer of GET /checkpoints/trail.` };
  if (!isTrailName(told.trail)) return { message: `${name} is of ${told.trail}, which is the name of no trail.` };
  const reading = readCheckpointNote(told.checkpoint, told.trail, keys);
  const signed = reading.checkpoint ?? readVouchedNote(told.checkpoint, told.trail, keys);
  if (signed) {
    const named = namedLogs(told, signed);
    return named ?? { message: `${name} has an entry that is not the last one under its checkpoint.` };
  }
  const { refused, why } = reading as Extract<typeof reading, { readonly why: string }>;
  return { kind: refused, message: `The checkpoint in ${name} is not to be trusted: ${why}.` };
}

/** The logs that the entry names, if it is the last one under the checkpoint. */
function namedLogs(
  { trail, entry: text, inclusion }: TrailCheckpointAnswer,
  { size, root }: TrustedCheckpoint,
): LogState[] | undefined {
  const entry = readTrailEntry(text);
  const path = inclusion.map((hash) => Buffer.from(hash, 'hex'));
  const isLast =
    entry?.entry === size - 1 &&
    nameOfOrigin(entry.origin) === trail &&
    verifyInclusion(leafHash(text), size - 1, size, path, root);
  return isLast ? [...entry.logs] : undefined;
}

/** The keys in a pack, by its own word: each must be one key in all its forms. Those that nobody named are noted. */
export function verifyPackKeys(path: string, name: string, { keys }: PackLogs, findings: Findings): void {
  const told = readAnswer(path, KEYS_JUDGES) as KeysAnswer | undefined;
  const fault = (message: string) =>
    findings.fault({ kind: 'export-changed', place: 'export', field: name, message: `${name} ${message}.` });
  if (!told) fault('is no answer of GET /keys');
  for (const { publicKey: encoded, pem, exportVerifierKey, logs } of told?.keys ?? []) {
    const publicKey = Buffer.from(encoded, 'base64');
    const isOne =
      publicKey.length === 32 &&
      pem === toPem(publicKey) &&
      exportVerifierKey === formatVerifierKey({ name: EXPORT_KEY_NAME, publicKey }) &&
      logs.every(
        ({ endpointId, origin, verifierKey }) =>
          endpointOf(origin) === endpointId && verifierKey === formatVerifierKey({ name: origin, publicKey }),
      );
    if (!isOne) fault(`has other forms of the key ${encoded} than that key has`);
    else if (!keys.publicKeys.some((key) => isEqual(key, publicKey))) {
      findings.note(`${name} has the key ${encoded}, which was not named with --key.`);
    }
  }
}

/**
 * An answer of the API that lies in a pack, judged as far as it is used: the API's schema would name each wrong element of a list, and
 * there may be millions. Undefined if it is none.
 */
export function readAnswer(path: string, judges: Judges): object | undefined {
  try {
    const answer = parseObject(toText(readRegularFile(path, LARGEST_OBJECT_BYTES)), path);
    judge(path, answer, judges);
    return answer;
  } catch {
    return undefined;
  }
}

const TRAIL_JUDGES = { trail: isText, checkpoint: isText, entry: isText, inclusion: isListOf(isText) };
const KEYS_JUDGES = {
  keys: isListOf(
    isObjectOf({
      publicKey: isText,
      pem: isText,
      exportVerifierKey: isText,
      logs: isListOf(isObjectOf({ endpointId: isText, origin: isText, verifierKey: isText })),
    }),
  ),
};
