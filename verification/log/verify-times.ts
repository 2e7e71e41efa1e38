import { areClocksOdd, isFarAhead } from '../../lambda/trail/clocks.ts';
import { gapOf, isProof } from '../../lambda/trail/log.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { addSeconds } from '../../lambda/trail/time.ts';
import type { FaultPlace, Findings } from '../findings.ts';

/**
 * Verifies what entries claim of their times: coverage rests on it, and a signature does not make it true. Entries of early versions
 * have no time of the machine's; they are judged by AWS's alone (ADR 31).
 *
 * @param manifests a stretch of a log without missing entries; what its first one says of earlier entries is believed
 */
export function verifyTimes(manifests: readonly Manifest[], place: FaultPlace, findings: Findings): void {
  let proof: Pick<Manifest, 's' | 'ownS'> | undefined;
  for (const [index, manifest] of manifests.entries()) {
    const before = manifests[index - 1];
    const { endpointId, entry, slot, previousS, previousOwnS } = manifest;
    if (!before && entry > 0) proof = previousS === undefined ? undefined : { s: previousS, ownS: previousOwnS };
    const wrong = [
      ...(before || entry === 0 ? wrongAfter(manifest, before, proof) : []),
      ...(manifest.ownS === undefined ? [] : wrongTimes(manifest)),
    ];
    for (const [field, words] of wrong) {
      const message = `Entry ${entry} (${slot}) was signed, but cannot be right: ${words}.`;
      findings.fault({ kind: 'manifest-contradicted', place, endpointId, entry, slot, field, message });
    }
    if (isProof(manifest)) proof = manifest;
  }
}

type Wrong = readonly [field: keyof Manifest, words: string];

/** What follows from the entry alone. */
function wrongTimes({ s, f, ownS = '', ownF = '', slot, scheduledSlot = slot, kind }: Manifest): Wrong[] {
  const wrong: Wrong[] = [];
  if (s > f) wrong.push(['f', `it ended at ${f}, before it began at ${s}`]);
  if (ownS > ownF) wrong.push(['ownF', `by the machine's clock it ended at ${ownF}, before it began at ${ownS}`]);
  if (kind === 'snapshot' && isFarAhead(scheduledSlot, f)) {
    const field = scheduledSlot === slot ? 'slot' : 'scheduledSlot';
    wrong.push([field, `its slot ${scheduledSlot} is ahead of AWS's time ${f}`]);
  }
  return wrong;
}

/** What follows from the entries before it. */
function wrongAfter(
  manifest: Manifest,
  before: Manifest | undefined,
  proof: Pick<Manifest, 's' | 'ownS'> | undefined,
): Wrong[] {
  const { kind, pages, previousS, previousOwnS, clocksDiffer } = manifest;
  const wrong = wrongSlot(manifest, before);
  if (previousS !== proof?.s)
    wrong.push(['previousS', `the last proof before it began at ${proof?.s}, not at ${previousS}`]);
  if (previousOwnS !== proof?.ownS) {
    wrong.push([
      'previousOwnS',
      `by the machine's clock the last proof began at ${proof?.ownS}, not at ${previousOwnS}`,
    ]);
  }
  const isOdd = areClocksOdd(manifest, before);
  if (isOdd && !clocksDiffer) wrong.push(['clocksDiffer', 'its clocks differ, and it does not say so']);
  // AWS's time may also have run backwards from page to page. A deletion has the later of both times instead.
  if (manifest.gapReasons && !gapOf(manifest, before)) wrong.push(['gapReasons', 'no gap ends with it']);
  if (clocksDiffer && !isOdd && kind === 'snapshot' && pages < 2)
    wrong.push(['clocksDiffer', 'its clocks do not differ']);
  return wrong;
}

function wrongSlot(manifest: Manifest, before: Manifest | undefined): Wrong[] {
  const { slot, scheduledSlot, previousSlot, f, ownF = f } = manifest;
  if (previousSlot !== before?.slot) {
    return [['previousSlot', `the entry before it stands at ${before?.slot}, not at ${previousSlot}`]];
  }
  if (scheduledSlot === undefined) {
    return before && slot <= before.slot ? [['slot', `it is not after ${before.slot}`]] : [];
  }
  const isAfter = before?.scheduledSlot === undefined || scheduledSlot > before.scheduledSlot;
  const isNext = before && slot === addSeconds(before.slot, 1) && scheduledSlot <= before.slot && isAfter;
  // The machine's clock may have been right again when the capture began: then the slot alone shows that it was set back.
  const isBehind = isFarAhead(f, ownF) || isFarAhead(f, scheduledSlot);
  const isNeeded = before && (before.scheduledSlot || isFarAhead(before.slot, f) || isBehind);
  return isNext && isNeeded ? [] : [['scheduledSlot', `it does not go on from ${before?.slot} for ${scheduledSlot}`]];
}
