import type { Elements } from '../trail/element.ts';
import type { EndpointRecord } from '../trail/ports.ts';
import { fromHeadItem } from './head-item.ts';
import { DESCRIPTION } from './snapshot-keys.ts';

/** The endpoints of the items in the partition of heads and descriptions (ADR 5). */
export function toEndpointRecords(items: readonly Record<string, unknown>[]): EndpointRecord[] {
  const records = new Map<string, EndpointRecord>();
  for (const item of items) {
    const key = String(item.slot);
    const endpointId = key.endsWith(DESCRIPTION) ? key.slice(0, -DESCRIPTION.length) : key;
    const part =
      key === endpointId
        ? { head: fromHeadItem(item) }
        : { description: JSON.parse(String(item.description)) as Elements };
    records.set(endpointId, { ...records.get(endpointId), endpointId, ...part });
  }
  return [...records.values()];
}
