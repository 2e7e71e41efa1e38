import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { askedOwnerWords, asksForOwner, isAskedOwner, ownerOf, ownerWords } from '../../lambda/trail/owner.ts';
import type { Findings } from '../findings.ts';
import type { ExportedLog } from './exported-log.ts';
import { ownersOf } from './exported-question.ts';

/** A log that came along must be of an account and a Region that the question asks for: its entries name both, and are signed. */
export function verifyOwner(
  { endpointId, manifests }: ExportedLog,
  { question }: ExportManifest,
  findings: Findings,
): void {
  const last = manifests.at(-1);
  const asked = ownersOf(question);
  if (!last || isAskedOwner(asked, ownerOf(last)) !== 'no') return;
  const message = `Its log is of ${ownerWords(ownerOf(last))}; the question asks for endpoints ${askedOwnerWords(asked)}.`;
  findings.fault({ kind: 'export-changed', place: 'export', endpointId, field: 'checkpoints', message });
}

/** What the proofs of single logs leave open: whether there are more of them. */
export function noteOtherLogs({ question }: ExportManifest, findings: Findings): void {
  const asked = ownersOf(question);
  if (!asksForOwner(asked) || question.endpoint !== undefined) return;
  findings.note(
    `That no other endpoint is ${askedOwnerWords(asked)} is the word of the trail when it signed: nothing that came along proves it.`,
  );
}
