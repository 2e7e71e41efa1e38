import { type Manifest, manifestText } from '../../lambda/trail/snapshot.ts';
import type { Fault, FaultPlace, Findings } from '../findings.ts';
import { readManifest, type StoredEntry } from './stored-log.ts';

interface Differing {
  readonly place: FaultPlace;
  readonly entry: number;
  /** Its place. */
  readonly slot: string | undefined;
  readonly text: string;
  /** The expected manifest; undefined if unknown. */
  readonly right: string | undefined;
}

/** Manifests that differ from the signed ones. Only the whole log shows whether one was moved. */
export class DifferingManifests {
  readonly #endpointId: string;
  readonly #findings: Findings;
  readonly #all: Differing[] = [];

  constructor(endpointId: string, findings: Findings) {
    this.#endpointId = endpointId;
    this.#findings = findings;
  }

  inStore(entry: number, { slot, text }: StoredEntry, right: string | undefined): void {
    this.#all.push({ place: 'store', entry, slot, text, right });
  }

  inArchive(entry: number, text: string, right: string | undefined): void {
    const slot = readManifest(right ?? text)?.slot;
    this.#all.push({ place: 'archive', entry, slot, text, right });
  }

  /** The manifest is right, but under another slot's key. */
  misplaced(entry: number, { slot, text }: StoredEntry): void {
    this.#all.push({ place: 'store', entry, slot, text, right: text });
  }

  /** @param manifests the known log */
  report(manifests: readonly Manifest[]): void {
    const texts = new Map(manifests.map((manifest) => [manifest.entry, manifest]));
    for (const one of this.#all) this.#findings.fault(this.#faultOf(one, texts));
  }

  #faultOf(one: Differing, manifests: ReadonlyMap<number, Manifest>): Fault {
    const { place, entry, slot, text, right } = one;
    const where = { place, endpointId: this.#endpointId, entry, slot };
    const found = readManifest(text);
    if (text === right) {
      const message = `The manifest of entry ${entry} (${found?.slot}) stands at ${slot}.`;
      return { kind: 'manifest-misplaced', ...where, message };
    }
    const own = found && manifests.get(found.entry);
    const isOfThisLog = own && found.entry !== entry && manifestText(own) === text;
    const fields = right === undefined || !found ? [] : differingFields(text, right);
    if (isOfThisLog || (fields.includes('endpointId') && fields.length > 1)) {
      const whose = isOfThisLog ? '' : ` of ${found?.endpointId}`;
      const message = `The place of entry ${entry} (${slot}) holds the manifest of entry ${found?.entry}${whose}.`;
      return { kind: 'manifest-misplaced', ...where, message };
    }
    const what = fields.length > 0 ? `: ${fields.join(', ')} differ` : found ? '' : ': it is no manifest';
    const field = fields.length > 0 ? { field: fields.join(', ') } : {};
    const when = slot === undefined ? '' : ` (${slot})`;
    const message = `The manifest of entry ${entry}${when} is not the one that was signed${what}.`;
    return { kind: 'manifest-changed', ...where, ...field, message };
  }
}

/** The members in which two manifests differ. */
function differingFields(one: string, other: string): string[] {
  const [found, expected] = [JSON.parse(one), JSON.parse(other)] as Record<string, unknown>[];
  const names = new Set([...Object.keys(found ?? {}), ...Object.keys(expected ?? {})]);
  return [...names].filter((name) => JSON.stringify(found?.[name]) !== JSON.stringify(expected?.[name]));
}
