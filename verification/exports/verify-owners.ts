import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { askedOwnerWords, isAskedOwner, ownerOf, ownerWords } from '../../lambda/trail/owner.ts';
import type { Findings } from '../findings.ts';
import { provesLeftOut } from './audit-pack.ts';
import type { ExportedLog } from './exported-log.ts';
import { ownersOf } from './exported-question.ts';
import { leavesOutOwners } from './left-out.ts';

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

/** What the proofs of single logs leave open: whether there are more of them. A pack proves that too. */
export function noteOtherLogs(manifest: ExportManifest, findings: Findings): void {
  const { question } = manifest;
  if (!leavesOutOwners(question) || provesLeftOut(manifest)) return;
  findings.note(
    `That no other endpoint is ${askedOwnerWords(ownersOf(question))} is the word of the trail when it signed: nothing that came along proves it, as an auditor's pack does (cvpn-audit audit).`,
  );
}
