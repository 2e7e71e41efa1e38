import { type Item, KEY_FORM } from '../../lambda/dynamodb/connection-item.ts';
import { watermarkId } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { surelyListedS } from '../../lambda/trail/clocks.ts';
import { uniteNetworks } from '../../lambda/trail/networks.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { differencesOf, fieldText, isSameValue } from '../compare-item.ts';
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

/** Compares its networks alone, where only a part of the log was replayed: those of that part must be there. */
export function verifyNetworks(
  endpointId: string,
  item: Item,
  { networksThen }: Pick<Replay, 'networksThen'>,
  findings: Findings,
): void {
  const { networks } = item;
  const wanted = { networks: networksOf(item, { networksThen, isAllRead: false }) };
  for (const { field, words } of differencesOf({ networks }, wanted)) faultsOf(endpointId, findings)(field, words);
}

const faultsOf = (endpointId: string, findings: Findings) => (field: string, words: string) =>
  findings.fault({ kind: 'watermark-changed', place: 'store', endpointId, field, message: `The watermark: ${words}.` });

/**
 * The networks that the watermark must have. Without any, all are asked, as with a table that an earlier version began; before an
 * entry is projected they count for nothing.
 */
function networksOf(item: Item, { networksThen, isAllRead }: Pick<Replay, 'networksThen' | 'isAllRead'>): unknown {
  const [then] = networksThen;
  if (!Array.isArray(item.networks) || !then) return item.networks;
  if (!isAllRead) return uniteNetworks(item.networks, then);
  return networksThen.find((networks) => isSameValue(networks, item.networks)) ?? then;
}

/** Compares the watermark with the expected one at its entry. */
export function verifyWatermark(
  endpointId: string,
  item: Item,
  { entry, partialAfter }: ProjectionReach,
  manifests: readonly Manifest[],
  made: Pick<Replay, 'watermarkThen' | 'networksThen' | 'isUnlistedKnown' | 'plainThrough' | 'isAllRead'>,
  findings: Findings,
): void {
  const fault = faultsOf(endpointId, findings);
  const projected = manifests.find((manifest) => manifest.entry === entry);
  const { slot = '', f = '' } = projected ?? {};
  const s = projected ? surelyListedS(projected) : '';
  const unlisted = made.isUnlistedKnown ? (made.watermarkThen?.unlisted ?? []) : item.unlisted;
  const { plainThrough = Number.POSITIVE_INFINITY, isAllRead } = made;
  // While the first odd connection is being projected, both are right.
  const noneOdd = !isAllRead || entry === plainThrough ? item.noneOdd : entry < plainThrough || undefined;
  const mark = { entry, slot, s, f, unlisted, partialAfter, noneOdd, networks: networksOf(item, made) };
  const wanted = { connectionId: watermarkId(endpointId), keyForm: KEY_FORM, ...mark };
  for (const { field, words } of differencesOf(item, wanted)) fault(field, words);
  if (partialAfter !== undefined && !manifests.some((manifest) => manifest.entry === entry + 1)) {
    const words = `partialAfter is ${fieldText(partialAfter)}, within entry ${entry + 1}, which the log has not`;
    fault('partialAfter', words);
  }
}
