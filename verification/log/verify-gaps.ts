import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import type { StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import { gapsOf } from '../../lambda/dynamodb/snapshot-keys.ts';
import { type Archive, archivedGapsOf, gapObject, parseGap } from '../../lambda/trail/archive.ts';
import { canonicalJson } from '../../lambda/trail/canonical-json.ts';
import type { Gap } from '../../lambda/trail/coverage.ts';
import { isListOf, isText } from '../../lambda/trail/judged.ts';
import { gapOf } from '../../lambda/trail/log.ts';
import type { GapNote } from '../../lambda/trail/ports.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { differencesOf, fieldText } from '../compare-item.ts';
import type { FaultKind, FaultPlace, Findings } from '../findings.ts';
import { readNewer } from './stored-log.ts';

/** A log without missing entries, and the location of its gaps. */
interface GapSources {
  readonly endpointId: string;
  readonly store: StoredEvidence | undefined;
  readonly archive: Archive | undefined;
  readonly manifests: readonly Manifest[];
  /** Whether an entry is known to have been archived as a whole, and its manifest is still there. */
  readonly isArchived: (entry: number) => boolean;
}

interface ExpectedGap extends Gap {
  /** The entry that was committed with it. */
  readonly entry: number;
  /** Its reasons as they were signed; undefined if an early version recorded it. */
  readonly reasons: readonly string[] | undefined;
}

/**
 * Verifies that the gaps follow from the log, and their reasons too. In entries of early versions the reasons are not signed: then store
 * and archive must have the same.
 *
 * @returns the number of gaps
 */
export async function verifyGaps(sources: GapSources, findings: Findings): Promise<number> {
  const { endpointId, store, archive, manifests } = sources;
  const stored = new Map((await store?.readGaps(endpointId))?.map((item) => [String(item.slot), item]));
  const archived = archive ? await readArchivedGaps(archive, endpointId) : new Map<string, string>();
  const expected = gapsFrom(manifests);
  const check = new GapCheck(endpointId, findings);
  for (const gap of expected.values()) {
    const text = archived.get(gap.start);
    if (store) check.stored(gap, stored.get(gap.start));
    if (archive) check.archived(gap, text, sources.isArchived(gap.entry));
    const item = stored.get(gap.start);
    if (item && text !== undefined && !gap.reasons) check.reasons(gap, item.reasons, text);
  }
  const unsigned = [...expected.values()].filter(({ reasons }) => !reasons).length;
  if (unsigned > 0) {
    findings.note(`${endpointId}: the reasons of ${unsigned} gaps are not signed; an early version recorded them.`);
  }
  // An unexpected gap may belong to an entry that was appended since.
  const newer = gapsFrom([...manifests, ...(store ? await readNewer(store, endpointId, manifests.at(-1)) : [])]);
  const from = manifests.at(-1)?.previousS ?? manifests.at(-1)?.s ?? '~';
  for (const start of stored.keys()) if (!newer.has(start)) check.added(start, 'store');
  for (const start of archived.keys()) {
    if (!newer.has(start) && (store !== undefined || start < from)) check.added(start, 'archive');
  }
  return expected.size;
}

function gapsFrom(manifests: readonly Manifest[]): Map<string, ExpectedGap> {
  const gaps = manifests.flatMap((manifest, index) => {
    const gap = gapOf(manifest, manifests[index - 1]);
    return gap ? [{ ...gap, entry: manifest.entry, reasons: manifest.gapReasons }] : [];
  });
  return new Map(gaps.map((gap) => [gap.start, gap]));
}

async function readArchivedGaps(archive: Archive, endpointId: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const folder = archivedGapsOf(endpointId);
  for await (const key of archive.list(folder)) {
    const start = key.slice(folder.length).replace(/\.json$/, '');
    const isOurs = gapObject(endpointId, start) === key;
    texts.set(isOurs ? start : key.slice(folder.length), Buffer.from((await archive.get(key)) ?? []).toString());
  }
  return texts;
}

class GapCheck {
  readonly #endpointId: string;
  readonly #findings: Findings;

  constructor(endpointId: string, findings: Findings) {
    this.#endpointId = endpointId;
    this.#findings = findings;
  }

  stored({ start, end, entry, reasons }: ExpectedGap, item: Item | undefined): void {
    if (!item) {
      this.#fault(
        'gap-removed',
        'store',
        start,
        `The gap ${start} to ${end}, which ends with entry ${entry}, is not there.`,
      );
      return;
    }
    const wanted = { endpointId: gapsOf(this.#endpointId), slot: start, end, reasons: reasons ?? item.reasons };
    for (const { field, words } of differencesOf(item, wanted)) {
      this.#fault('gap-changed', 'store', start, `The gap from ${start}: ${words}.`, field);
    }
    if (!reasons && !Array.isArray(item.reasons))
      this.#fault('gap-changed', 'store', start, `The gap from ${start} has no reasons.`, 'reasons');
  }

  archived({ start, end, entry, reasons: signed }: ExpectedGap, text: string | undefined, isExpected: boolean): void {
    if (text === undefined) {
      const message = `The archive does not have the gap ${start} to ${end}, which ends with entry ${entry}.`;
      if (isExpected) this.#fault('gap-removed', 'archive', start, message);
      return;
    }
    const { reasons = [], ...rest } = readGap(text);
    if (text === gapText(start, end, signed ?? reasons)) return;
    const because = signed ? ` because of ${signed.join(', ')}` : '';
    const message = `The archived gap from ${start} says ${fieldText(text)}; the log gives ${start} to ${end}${because}.`;
    const areOthers = signed !== undefined && text === gapText(start, end, reasons);
    const field = areOthers ? 'reasons' : rest.end === end ? undefined : 'end';
    this.#fault('gap-changed', 'archive', start, message, field);
  }

  /** Nothing that is signed says which of the two is right; the archive is out of the store's administrators' reach. */
  reasons({ start, end }: ExpectedGap, reasons: unknown, text: string): void {
    const archived = readGap(text);
    if (archived.end !== end || !isReasons(reasons)) return;
    if (gapText(start, end, reasons) === text) return;
    const message = `The reasons of the gap from ${start} are ${fieldText(reasons)}; the archive says ${fieldText(archived.reasons)}.`;
    this.#fault('gap-changed', 'store', start, message, 'reasons');
  }

  added(start: string, place: FaultPlace): void {
    this.#fault('gap-added', place, start, `The gap from ${start} does not follow from the log.`);
  }

  #fault(kind: FaultKind, place: FaultPlace, slot: string, message: string, field?: string): void {
    this.#findings.fault({ kind, place, endpointId: this.#endpointId, slot, field, message });
  }
}

function readGap(text: string): Partial<GapNote> {
  try {
    return parseGap(Buffer.from(text), 'The gap');
  } catch {
    return {};
  }
}

const isReasons = isListOf(isText) as (value: unknown) => value is string[];

const gapText = (start: string, end: string, reasons: readonly string[]): string =>
  canonicalJson({ start, end, reasons });
