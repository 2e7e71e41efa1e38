import type { Manifest } from '../../../lambda/trail/snapshot.ts';
import { isTrailName } from '../../../lambda/trail/trail-log.ts';
import type { Fault } from '../../../verification/findings.ts';
import { ALPHA, BETA } from '../recording/recorded-trail.ts';

export const GAMMA = 'cvpn-endpoint-0cccccccccccccccc';

/** Ids of connections of the rich story, each with a fate of its own. */
export const ID = {
  /** Open from before the first snapshot, and 24 hours old during the trail. */
  anna: 'cvpn-connection-0a',
  /** Ended, as AWS said. */
  bob: 'cvpn-connection-0b',
  /** Vanished; its end is inferred. */
  carl: 'cvpn-connection-0c',
  /** With a name of odd characters; ended. */
  dora: 'cvpn-connection-0d',
  /** Vanished a short while ago. */
  emil: 'cvpn-connection-0e',
  /** Lived for days. */
  fred: 'cvpn-connection-0f',
  /** Of {@link BETA}, with a user name and both kinds of address; ended. */
  gina: 'cvpn-connection-1a',
  /** Of {@link BETA}, open. */
  hugo: 'cvpn-connection-1b',
  /** Of {@link GAMMA}, ended with it. */
  ida: 'cvpn-connection-2a',
} as const;

const NAMES = new Map<string, string>(
  Object.entries({ alpha: ALPHA, beta: BETA, gamma: GAMMA, ...ID }).map(([name, id]) => [id, name]),
);

/** The name by which tests call a log or a connection. */
export const nameOf = (id: string): string => NAMES.get(id) ?? (isTrailName(id) ? 'trail' : id);

/**
 * A fault in a line, without its sentence: where, what, and of the rest what there is: `store chunk-changed alpha[9] chunk 0`.
 *
 * @param logs what was recorded: a slot is left out where it is that of the entry, and a chunk has its place in place of its hash
 */
export function lineOf(fault: Omit<Fault, 'message'>, logs?: ReadonlyMap<string, readonly Manifest[]>): string {
  const { kind, place, endpointId, entry, slot, connectionId, field } = fault;
  const manifest = entry === undefined ? undefined : logs?.get(endpointId ?? '')?.[entry];
  const at = slot === manifest?.slot ? '' : `@${slot ?? 'nowhere'}`;
  const chunk = manifest?.chunks.findIndex(({ sha256 }) => sha256 === field) ?? -1;
  const log = endpointId && `${nameOf(endpointId)}${entry === undefined ? '' : `[${entry}]`}${at}`;
  const parts = [place, kind, log, connectionId && nameOf(connectionId), chunk < 0 ? field : `chunk ${chunk}`];
  return parts.filter((part) => part !== undefined).join(' ');
}
