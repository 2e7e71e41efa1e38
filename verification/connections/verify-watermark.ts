import { type Item, KEY_FORM } from '../../lambda/dynamodb/connection-item.ts';
import { watermarkId } from '../../lambda/dynamodb/dynamodb-projection.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { differencesOf, fieldText } from '../compare-item.ts';
import type { Findings } from '../findings.ts';
import type { Replay } from './replay.ts';

/** How far a log is projected according to the store. */
export interface ProjectionReach {
  /** The last fully projected entry; -1 for none. */
  readonly entry: number;
  /** In the next entry, changes of connections up to this id are projected. */
  readonly partialAfter: string | undefined;
}

/**
 * How far the log is projected. If the watermark contradicts itself, the entry that most of its members name.
 *
 * @param manifests the log, in order
 */
export function projectionReach(item: Item | undefined, manifests: readonly Manifest[]): ProjectionReach {
  const none = { entry: -1, slot: '', f: '' };
  const agreement = ({ entry, slot, f }: typeof none) =>
    Number(item?.entry === entry) + Number(item?.slot === slot) + Number(item?.f === f);
  let best: typeof none = none;
  // If two are equally likely, the later one: a lagging watermark would get there.
  for (const manifest of item ? manifests : [])
    if (agreement(manifest) >= Math.max(1, agreement(best))) best = manifest;
  const { partialAfter } = item ?? {};
  return { entry: best.entry, partialAfter: typeof partialAfter === 'string' ? partialAfter : undefined };
}

/** Compares the watermark with the expected one at its entry. */
export function verifyWatermark(
  endpointId: string,
  item: Item,
  { entry, partialAfter }: ProjectionReach,
  manifests: readonly Manifest[],
  made: Pick<Replay, 'watermarkThen' | 'isUnlistedKnown' | 'plainThrough' | 'isAllRead'>,
  findings: Findings,
): void {
  const fault = (field: string, words: string) =>
    findings.fault({
      kind: 'watermark-changed',
      place: 'store',
      endpointId,
      field,
      message: `The watermark: ${words}.`,
    });
  const { slot = '', f = '' } = manifests.find((manifest) => manifest.entry === entry) ?? {};
  const unlisted = made.isUnlistedKnown ? (made.watermarkThen?.unlisted ?? []) : item.unlisted;
  const { plainThrough = Number.POSITIVE_INFINITY, isAllRead } = made;
  // While the first odd connection is being projected, both are right.
  const noneOdd = !isAllRead || entry === plainThrough ? item.noneOdd : entry < plainThrough || undefined;
  const mark = { entry, slot, f, unlisted, partialAfter, noneOdd };
  const wanted = { connectionId: watermarkId(endpointId), keyForm: KEY_FORM, ...mark };
  for (const { field, words } of differencesOf(item, wanted)) fault(field, words);
  if (partialAfter !== undefined && !manifests.some((manifest) => manifest.entry === entry + 1)) {
    const words = `partialAfter is ${fieldText(partialAfter)}, within entry ${entry + 1}, which the log has not`;
    fault('partialAfter', words);
  }
}
