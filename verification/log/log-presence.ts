import { entriesAre, type Fault, type FaultKind, type FaultPlace, type Findings } from '../findings.ts';
import type { FoundEntry, JudgedLog, Stretch } from './found-entry.ts';
import { readManifest, type StoredEntry } from './stored-log.ts';

/** Entries one after the other, and what is the same of them. */
interface Run {
  readonly first: number;
  last: number;
  readonly why: string;
  readonly kind: FaultKind;
  readonly slot: string | undefined;
}

/** Missing and unexpected parts of a log; many in a row are one fault. */
export class LogPresence {
  readonly #log: JudgedLog;
  readonly #findings: Findings;
  readonly #inStore: Run[] = [];
  readonly #inArchive: Run[] = [];
  readonly #refused: Run[] = [];
  readonly #checkpoints: Run[] = [];
  readonly #unsigned: Run[] = [];
  #unanchored = 0;
  /** An interrupted recorder leaves at most the last archived manifest without a checkpoint. */
  #lastArchived = 0;

  constructor(log: JudgedLog, findings: Findings) {
    this.#log = log;
    this.#findings = findings;
  }

  /** @param slot of the entry, if it is known */
  take({ entry, archived, refused, hasCheckpoint }: FoundEntry, slot: string | undefined, isStored: boolean): void {
    const { stored, archived: archive, known } = this.#log;
    const isArchived = archived !== undefined;
    if (stored && !isStored) {
      if (entry < known || !isArchived) note(this.#inStore, entry, 'manifest-removed', '', slot);
      else note(this.#unsigned, entry, 'manifest-added', '', slot);
    }
    if (refused) note(this.#refused, entry, refused.refused, refused.why, slot);
    if (!archive) return;
    if (entry >= known && !hasCheckpoint && (isStored || !stored)) this.#unanchored += 1;
    if (!isArchived && entry < known) note(this.#inArchive, entry, 'manifest-removed', '', slot);
    if (isArchived && (isStored || !stored)) this.#lastArchived = entry;
    if (!hasCheckpoint) note(this.#checkpoints, entry, 'checkpoint-removed', '', slot);
  }

  report(): void {
    const { archived: archive, endpointId, length } = this.#log;
    this.#missing(this.#inStore, 'store');
    const cut = this.#missing(this.#inArchive, 'archive');
    for (const run of this.#unsigned) {
      const words = `${entries(run)} is in the archive and not in the store, and nobody signed it: it was added there, or cut off here`;
      this.#fault(run, 'archive', `${words}.`);
    }
    for (const run of this.#refused) {
      this.#fault(run, 'archive', `The checkpoint${plural(run)} of ${sizes(run)} is not to be trusted: ${run.why}.`);
    }
    const signed = Math.max(this.#log.known, this.#lastArchived);
    for (const run of this.#checkpoints) {
      const last = Math.min(run.last, signed - 1, cut - 1);
      if (last < run.first) continue;
      this.#fault(
        run,
        'archive',
        `The checkpoint${plural({ ...run, last })} of ${sizes({ ...run, last })} is not there.`,
      );
    }
    this.#beyond(length);
    if (archive && this.#unanchored > 0) {
      this.#findings.note(
        `${endpointId}: at the end ${entriesAre(this.#unanchored)} not archived and signed yet; the next recording does it.`,
      );
    }
  }

  /** Entries of which there is nothing, anywhere. */
  miss({ first, end }: Stretch): void {
    const { stored, archived: archive, known } = this.#log;
    const last = end - 1;
    if (stored) note(this.#inStore, first, 'manifest-removed', '', undefined, last);
    if (!archive) return;
    if (first < known) note(this.#inArchive, first, 'manifest-removed', '', undefined, last);
    note(this.#checkpoints, first, 'checkpoint-removed', '', undefined, last);
  }

  added({ slot, text }: StoredEntry): void {
    const manifest = readManifest(text);
    const { endpointId } = this.#log;
    const where = { place: 'store' as const, endpointId, slot, entry: manifest?.entry };
    const message = manifest
      ? `The item at ${slot} says that it is entry ${manifest.entry} of ${manifest.endpointId}; nobody signed that.`
      : `The item at ${slot} holds no manifest.`;
    this.#findings.fault({ kind: 'manifest-added', ...where, message });
  }

  /** @returns the entry at which the tail was cut */
  #missing(runs: readonly Run[], place: FaultPlace): number {
    let cut = Number.POSITIVE_INFINITY;
    for (const run of runs) {
      const isTail = run.last === (place === 'store' ? this.#log.length : this.#log.known) - 1;
      if (!isTail) {
        this.#fault(run, place, `The manifest${plural(run)} of ${entries(run)} is not there.`);
        continue;
      }
      cut = run.first;
      const isArchived = place === 'store' && this.#log.archived?.entries.has(run.first);
      const more = isArchived ? ' The archive has them; cvpn-audit recover brings back what it holds.' : '';
      const message = `The log ends before entry ${run.first}; it has had ${run.last + 1} entries: its newest ${run.last - run.first + 1} are not there.${more}`;
      this.#fault({ ...run, kind: 'tail-cut' }, place, message);
    }
    return cut;
  }

  /** Numbers that no entry of the log has. */
  #beyond(length: number): void {
    const { archived, endpointId } = this.#log;
    for (const entry of archived?.entries ?? []) {
      if (entry < length) continue;
      const message = `The archive has a manifest of entry ${entry}; the log has ${length} entries.`;
      this.#findings.fault({ kind: 'manifest-added', place: 'archive', endpointId, entry, message });
    }
    for (const size of archived?.sizes ?? []) {
      if (size > 0 && size <= length) continue;
      const message = `The archive has a checkpoint of ${size} entries, which is not to be trusted; the log has ${length}.`;
      this.#findings.fault({ kind: 'checkpoint-added', place: 'archive', endpointId, entry: size - 1, message });
    }
  }

  #fault({ kind, first, slot }: Run, place: FaultPlace, message: string): void {
    const fault: Fault = { kind, place, endpointId: this.#log.endpointId, entry: first, slot, message };
    this.#findings.fault(fault);
  }
}

function note(runs: Run[], first: number, kind: FaultKind, why: string, slot: string | undefined, last = first): void {
  const before = runs.at(-1);
  if (before && before.last === first - 1 && before.kind === kind) before.last = last;
  else runs.push({ first, last, why, kind, slot });
}

const plural = ({ first, last }: Run): string => (first === last ? '' : 's');
const entries = ({ first, last }: Run): string => (first === last ? `entry ${first}` : `entries ${first} to ${last}`);
const sizes = ({ first, last }: Run): string =>
  first === last ? `${first + 1} entries` : `${first + 1} to ${last + 1} entries`;
