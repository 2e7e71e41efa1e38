import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { isListOf, isObjectOf, isText } from '../../lambda/trail/judged.ts';
import { verifyInclusion } from '../../lambda/trail/merkle-proofs.ts';
import { askedOwnerWords, asksForOwner, isAskedOwner, ownerOf } from '../../lambda/trail/owner.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import type { Findings } from '../findings.ts';
import { readManifest } from '../log/stored-log.ts';
import { readCheckpointNote, readVouchedNote } from '../log/trusted-checkpoint.ts';
import type { TrustedKeys } from '../trusted-keys.ts';
import { ownersOf } from './exported-question.ts';
import { readAnswer } from './pack-answers.ts';

/** A log that a pack leaves out: one entry of it, which names its account and Region, and the proof that it was signed. */
export interface LeftOutLog {
  readonly endpointId: string;
  /** The manifest of the entry, as it was hashed. */
  readonly canonical: string;
  /** A signed checkpoint of the log, and the entry's audit path to it (RFC 6962, section 2.1.1), hexadecimal. */
  readonly checkpoint: string;
  readonly inclusion: readonly string[];
}

/** The file of a pack with the logs that it leaves out because they are of other accounts or Regions. */
export interface LeftOutAnswer {
  readonly leftOut: readonly LeftOutLog[];
}

/** Whether a question leaves logs out by whose they are: then a pack must prove of each that it may be left out. */
export function leavesOutOwners(question: ExportManifest['question']): boolean {
  return question.endpoint === undefined && asksForOwner(ownersOf(question));
}

/**
 * The logs that are proven to be of none of the accounts and Regions that the question asks for, each with how many entries that is known of;
 * what proves nothing is a fault.
 */
export function readLeftOut(
  path: string,
  name: string,
  { question, keys }: { readonly question: ExportManifest['question']; readonly keys: TrustedKeys },
  findings: Findings,
): ReadonlyMap<string, number> {
  const fault = (message: string, endpointId?: string) =>
    findings.fault({ kind: 'export-changed', place: 'export', endpointId, field: name, message });
  const told = readAnswer(path, JUDGES) as LeftOutAnswer | undefined;
  if (!told) fault(`${name} is no list of logs that were left out.`);
  const asked = ownersOf(question);
  const proven = new Map<string, number>();
  for (const log of told?.leftOut ?? []) {
    const { endpointId } = log;
    const manifest = provenEntry(log, keys);
    if (!manifest)
      fault('What is said of this log is no entry under a checkpoint of it that a trusted key has signed.', endpointId);
    else if (isAskedOwner(asked, ownerOf(manifest)) === 'no') proven.set(endpointId, manifest.entry + 1);
    else fault(`This log is said to be left out, and may be one of an endpoint ${askedOwnerWords(asked)}.`, endpointId);
  }
  return proven;
}

function provenEntry({ endpointId, canonical, checkpoint, inclusion }: LeftOutLog, keys: TrustedKeys) {
  const manifest = readManifest(canonical);
  const signed =
    readCheckpointNote(checkpoint, endpointId, keys).checkpoint ?? readVouchedNote(checkpoint, endpointId, keys);
  if (!signed || manifest?.endpointId !== endpointId) return undefined;
  const path = inclusion.map((hash) => Buffer.from(hash, 'hex'));
  return verifyInclusion(leafHash(canonical), manifest.entry, signed.size, path, signed.root) ? manifest : undefined;
}

const LOG = { endpointId: isText, canonical: isText, checkpoint: isText, inclusion: isListOf(isText) };
const JUDGES = { leftOut: isListOf(isObjectOf(LOG)) };
