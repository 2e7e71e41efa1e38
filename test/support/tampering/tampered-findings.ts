import type { Fault } from '../../../verification/findings.ts';

/** What a verification found, without its sentences. */
export type NamedFault = Omit<Fault, 'message'>;

/** The fault, without members that are undefined either. */
export function withoutMessage(fault: Fault): NamedFault {
  const members = Object.entries(fault).filter(([name, value]) => name !== 'message' && value !== undefined);
  return Object.fromEntries(members) as NamedFault;
}

/** Sorts faults, so that sets of them can be compared. */
export function inFaultOrder(one: NamedFault, other: NamedFault): number {
  return keyOf(one) < keyOf(other) ? -1 : 1;
}

const keyOf = (fault: NamedFault): string =>
  JSON.stringify(fault, ['kind', 'place', 'endpointId', 'entry', 'slot', 'connectionId', 'field']);
