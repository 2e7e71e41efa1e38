import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import { SNAPSHOTS } from '../../lambda/dynamodb/tables.ts';
import { isSeconds } from '../../lambda/trail/judged.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { fieldText } from '../compare-item.ts';
import type { Fault, Findings } from '../findings.ts';

const KEY = [SNAPSHOTS.partitionKey, SNAPSHOTS.sortKey ?? ''];

/** The attributes that items of a kind have; `docs/data.md` describes them. */
export const MANIFEST_ATTRIBUTES: ReadonlySet<string> = new Set([...KEY, 'manifest', 'leafHash', 'root', 'nodes']);
export const CHUNK_ATTRIBUTES: ReadonlySet<string> = new Set([...KEY, 'rows', SNAPSHOTS.timeToLive]);
export const DESCRIPTION_ATTRIBUTES: ReadonlySet<string> = new Set([...KEY, 'description']);
export const FAILURE_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...KEY,
  'reason',
  'message',
  'awsCode',
  'requestId',
  'accountId',
  'region',
  'unfinished',
]);

/** The attributes of an item that items of its kind do not have; undefined if there are none. */
export function foreignAttributes(item: Item, own: ReadonlySet<string>): Item | undefined {
  let foreign: Item | undefined;
  for (const name in item) if (!own.has(name)) foreign = { ...foreign, [name]: item[name] };
  return foreign;
}

/** Reports attributes that do not belong to an item. With a time to live, DynamoDB would remove it. */
export function reportForeign(
  what: string,
  foreign: Item,
  where: Pick<Fault, 'endpointId' | 'entry' | 'slot'>,
  findings: Findings,
): void {
  for (const [field, value] of Object.entries(foreign)) {
    const gone = field === SNAPSHOTS.timeToLive ? `: DynamoDB would remove it ${whenOf(value)}` : '';
    const message = `${what} has an attribute ${field}, ${fieldText(value)}, which the recorder does not write${gone}.`;
    findings.fault({ kind: 'attribute-added', place: 'store', ...where, field, message });
  }
}

/** When a time to live ends, in words; it may be any value. */
export const whenOf = (seconds: unknown): string =>
  isSeconds(seconds) ? `at ${toInstant(seconds * 1000)}` : `by the value ${fieldText(seconds)}`;
