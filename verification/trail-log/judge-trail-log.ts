import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import { nodesAttribute } from '../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { trailEntryKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { tenDigits } from '../../lambda/trail/archive.ts';
import { isEqual } from '../../lambda/trail/merkle-proofs.ts';
import { appendLeaf, type CompactRange, EMPTY_RANGE, type Hash, leafHash, rootOf } from '../../lambda/trail/proof.ts';
import { differencesOf } from '../compare-item.ts';
import type { FaultKind, FaultPlace, Findings } from '../findings.ts';
import type { ArchivedLog } from '../log/archived-log.ts';
import type { FoundEntry, Stretch } from '../log/found-entry.ts';
import { LogPresence } from '../log/log-presence.ts';
import { StoredLog } from '../log/stored-log.ts';
import { TrailClaims } from './trail-claims.ts';

/** The trail's log, as far as it is what was signed. */
export interface VerifiedTrailLog {
  readonly name: string;
  /** The hashes of its leaves, up to the first entry that is missing, or contradicts a signed root. */
  readonly leaves: readonly Hash[];
  /** Their places. */
  readonly manifests: readonly { readonly entry: number; readonly slot: string }[];
  /** Entries that a trusted checkpoint covers, and the note of that: whoever keeps it can tell what is gone. */
  readonly anchored: number;
  readonly checkpoint: string | undefined;
  /** What the entries under a checkpoint say of the logs. */
  readonly claims: TrailClaims;
}

/** What there is of the trail's log. */
interface JudgedTrailLog {
  readonly name: string;
  readonly stored: ReadonlyMap<number, Item> | undefined;
  readonly archived: ArchivedLog | undefined;
  readonly known: number;
  readonly length: number;
}

/** Decides on each entry of the trail's log in order: right is the text that the root signed over it proves. */
export class TrailLogJudge implements VerifiedTrailLog {
  readonly name: string;
  readonly leaves: Hash[] = [];
  readonly claims: TrailClaims;
  /** The keys of the entries, for the store's checkpoint. */
  readonly manifests: { readonly entry: number; readonly slot: string }[] = [];
  anchored = 0;
  checkpoint: string | undefined;
  isTied = true;
  readonly #log: JudgedTrailLog;
  readonly #findings: Findings;
  readonly #onEntry: (text: string) => void;
  readonly #presence: LogPresence;
  /** Since the last checkpoint. */
  readonly #unsettled: string[] = [];
  #range: CompactRange = EMPTY_RANGE;

  constructor(log: JudgedTrailLog, findings: Findings, onEntry: (text: string) => void) {
    this.name = log.name;
    this.#log = log;
    this.#findings = findings;
    this.#onEntry = onEntry;
    this.claims = new TrailClaims(log.name, findings);
    const { name, stored, ...rest } = log;
    this.#presence = new LogPresence({ ...rest, endpointId: name, stored: stored && new StoredLog(name) }, findings);
  }

  take(found: FoundEntry): void {
    const { entry, archived, checkpoint } = found;
    const item = this.#log.stored?.get(entry);
    const texts = [archived, item?.entry].filter((text) => typeof text === 'string');
    const grown = texts.map((text) => ({ text, range: appendLeaf(this.#range, leafHash(text)) }));
    const right = checkpoint && grown.find(({ range }) => isEqual(rootOf(range), checkpoint.root));
    const [likeliest] = grown;
    this.#presence.take(found, undefined, item !== undefined);
    if (!this.isTied) return;
    if (checkpoint && likeliest && !right) this.#rewritten(found);
    if (!likeliest || (checkpoint && !right)) {
      this.isTied = false;
      return;
    }
    const { text, range } = right ?? likeliest;
    if (archived !== undefined && archived !== text) this.#changed(entry, 'archive');
    if (item) this.#compare(item, entry, text);
    this.#range = range;
    this.leaves.push(leafHash(text));
    this.manifests.push({ entry, slot: tenDigits(entry) });
    this.claims.take(entry, text);
    this.#unsettled.push(text);
    if (!right) return;
    this.anchored = entry + 1;
    this.claims.settle();
    for (const settled of this.#unsettled.splice(0)) this.#onEntry(settled);
  }

  miss(stretch: Stretch): void {
    this.isTied = false;
    this.#presence.miss(stretch);
  }

  finish(): void {
    this.#presence.report();
    for (const entry of this.#log.stored?.keys() ?? []) {
      if (entry < this.#log.length) continue;
      const message = `The item of entry ${entry} is not one of the log, which has ${this.#log.length} entries.`;
      this.#findings.fault({ kind: 'manifest-added', place: 'store', endpointId: this.name, entry, message });
    }
  }

  #compare(item: Item, entry: number, text: string): void {
    if (item.entry !== text) {
      this.#changed(entry, 'store');
      return;
    }
    const wanted = { ...trailEntryKey(entry), entry: text, ...nodesAttribute(this.#range, leafHash(text)) };
    for (const { field, words } of differencesOf(item, wanted)) {
      const kind = field === 'nodes' ? 'tree-changed' : 'attribute-added';
      this.#fault(kind, 'store', entry, `Entry ${entry}: ${words}.`, field);
    }
  }

  #changed(entry: number, place: FaultPlace): void {
    this.#fault('manifest-changed', place, entry, `Entry ${entry} does not say what was signed.`);
  }

  #rewritten({ entry, archived }: FoundEntry): void {
    const message = `Entries 0 to ${entry} do not give the root that was signed for ${entry + 1} entries: at least one of them was changed since, or removed, everywhere.`;
    this.#fault('log-rewritten', archived === undefined ? 'store' : 'archive', entry, message);
  }

  #fault(kind: FaultKind, place: FaultPlace, entry: number, message: string, field?: string): void {
    this.#findings.fault({ kind, place, endpointId: this.name, entry, field, message });
  }
}
