import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import type { StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import { toFailureNote } from '../../lambda/dynamodb/snapshot-items.ts';
import { DESCRIPTION, ENDPOINTS, TRAIL } from '../../lambda/dynamodb/snapshot-keys.ts';
import { parseObject } from '../../lambda/trail/bounded-json.ts';
import { Unreadable } from '../../lambda/trail/judged.ts';
import type { FaultKind, Findings } from '../findings.ts';
import { DESCRIPTION_ATTRIBUTES, FAILURE_ATTRIBUTES, foreignAttributes, reportForeign } from './foreign-attributes.ts';

interface Note {
  readonly what: string;
  readonly item: Item;
  readonly kind: FaultKind;
  readonly where: { readonly endpointId: string | undefined; readonly slot?: string };
  readonly own: ReadonlySet<string>;
  readonly read: (item: Item) => unknown;
}

/**
 * Verifies what is not in the tree as far as it can be: that notes of failures and descriptions of endpoints are what they should be, with
 * nothing beside. What they say is nobody's proof.
 *
 * @param heads the partition of heads and descriptions
 * @param endpoints those whose failures are read: undefined for the list of endpoints, `#trail` for the trail's checkpoint
 */
export async function verifyNotes(
  store: StoredEvidence,
  heads: readonly Item[],
  endpoints: readonly (string | undefined)[],
  findings: Findings,
): Promise<void> {
  for (const item of heads.filter(({ slot }) => String(slot).endsWith(DESCRIPTION))) {
    const endpointId = String(item.slot).slice(0, -DESCRIPTION.length);
    const what = `The description of ${endpointId}`;
    const read = ({ description }: Item) => parseObject(typeof description === 'string' ? description : '', what);
    const own = DESCRIPTION_ATTRIBUTES;
    check({ what, item, kind: 'description-changed', where: { endpointId }, own, read }, findings);
  }
  for (const endpointId of endpoints) {
    for await (const item of store.readFailures(endpointId)) {
      const what = `The failure ${String(item.slot)} of ${endpointId ?? ENDPOINTS}`;
      const own = FAILURE_ATTRIBUTES;
      const where = { endpointId: endpointId === TRAIL ? undefined : endpointId, slot: String(item.slot) };
      check({ what, item, kind: 'failure-changed', where, own, read: toFailureNote }, findings);
    }
  }
}

function check({ what, item, kind, where, own, read }: Note, findings: Findings): void {
  const foreign = foreignAttributes(item, own);
  if (foreign) reportForeign(what, foreign, where, findings);
  try {
    read(item);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { message, member: field } = error;
    findings.fault({ kind, place: 'store', ...where, field, message });
  }
}
