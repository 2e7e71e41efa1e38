import type { Elements } from '../trail/element.ts';
import { asElements } from '../trail/element.ts';
import type { Failure } from '../trail/failure.ts';
import type { Head } from '../trail/head.ts';
import { concerns, describedOwner, type Owner, ownerOf } from '../trail/owner.ts';
import type { EndpointRecord, SnapshotLog } from '../trail/ports.ts';
import { type Capture, type CapturePorts, listEndpoints } from './capture.ts';
import { toFailure } from './failures.ts';

/** An endpoint to record. */
export interface ExpectedEndpoint extends EndpointRecord {
  /** It is configured, or all endpoints are. */
  readonly configured: boolean;
  /** When AWS's list did not have it, by AWS's clock and the machine's; undefined if it is listed, or if the list failed. */
  readonly unlistedAt?: ListTimes;
}

/** When a list of endpoints was complete, by AWS's clock and by the machine's. */
type ListTimes = Pick<Capture, 'f' | 'ownF'>;

/** The Region's endpoints as AWS listed them, or why it did not. */
export type EndpointList =
  | {
      readonly descriptions: ReadonlyMap<string, Elements>;
      readonly at: ListTimes;
      readonly failure?: never;
      readonly error?: never;
    }
  | { readonly failure: Failure; readonly error: unknown; readonly descriptions?: never; readonly at?: never };

/** Asks for the list of endpoints. An answer without one is a failure, not "none". */
export async function readEndpointList(ports: CapturePorts, deadline: AbortSignal): Promise<EndpointList> {
  try {
    const { endpoints, ...at } = await listEndpoints(ports, deadline);
    const byId = endpoints.flatMap((endpoint): [string, Elements][] => {
      const id = endpoint.clientVpnEndpointId;
      return typeof id === 'string' && id !== '' && !isBeingDeleted(endpoint) ? [[id, endpoint]] : [];
    });
    return { descriptions: new Map(byId), at };
  } catch (error) {
    const cause = toFailure(error);
    return {
      failure: {
        ...cause,
        // Where nothing could be asked, that is what has to be mended.
        reason: cause.reason === 'assume-role' ? cause.reason : 'endpoint-list',
        message: `the list of endpoints: ${cause.message}`,
      },
      error,
    };
  }
}

/**
 * The endpoints to record: those configured, or all that AWS lists; and every open log of the same Region and account,
 * because it continues until it is closed. Logs of other accounts or Regions belong to another recorder.
 */
export function expectedEndpoints(
  configured: 'all' | readonly string[],
  list: EndpointList,
  known: readonly EndpointRecord[],
  owner: Owner,
): ExpectedEndpoint[] {
  const open = known
    .filter(({ head }) => head?.state === 'open' && isOf(owner, head))
    .map(({ endpointId }) => endpointId);
  // A typo in the configuration must not close the logs of the intended endpoints.
  const isCertain = configured === 'all' || configured.every((id) => list.descriptions?.has(id));
  const wanted = configured === 'all' ? [...(list.descriptions?.keys() ?? [])] : configured;
  const expected = [...new Set([...wanted, ...open])].sort().map((endpointId): ExpectedEndpoint => {
    const record = known.find((one) => one.endpointId === endpointId);
    // Without an account, an empty list may be another account's.
    const isUnlisted = owner.accountId !== undefined && list.descriptions && !list.descriptions.has(endpointId);
    const unlistedAt = isUnlisted ? { unlistedAt: list.at } : {};
    return {
      ...record,
      endpointId,
      configured: !isCertain || configured === 'all' || configured.includes(endpointId),
      ...unlistedAt,
    };
  });
  // A configured endpoint whose log says that it was deleted is finished; one without a log may be a typo.
  return expected.filter(
    ({ head, unlistedAt }) => head?.closedBecause !== 'endpoint-deleted' || unlistedAt === undefined,
  );
}

/** The owner of the endpoints that a recording is of: from the settings, or from the list. The account may stay unknown. */
export function recordedOwner(region: string, accountId: string | undefined, list: EndpointList): Owner {
  const described = [...(list.descriptions?.values() ?? [])].map((one) => describedOwner(one).accountId);
  return { region, accountId: accountId ?? described.find((account) => account !== undefined) };
}

/** Whether a log is the owner's: nobody else may close it, so one of an unknown account is nobody's. */
function isOf({ region, accountId }: Owner, head: Head): boolean {
  return head.region === region && (accountId === undefined || head.accountId === accountId);
}

/**
 * Whether a configured endpoint's log is that of another account or Region, which a recording of this one must not touch; not if AWS lists
 * the endpoint here.
 */
export function isOthers({ endpointId, head }: ExpectedEndpoint, list: EndpointList, owner: Owner): boolean {
  return head !== undefined && !list.descriptions?.has(endpointId) && !concerns(ownerOf(head), owner);
}

/** The logs of this owner that are closed, or whose closing was interrupted (ADR 7). Those of others are their recorders' alone. */
export function closedLogs(
  known: readonly EndpointRecord[],
  expected: readonly ExpectedEndpoint[],
  owner: Owner,
): Head[] {
  const recorded = new Set(expected.map(({ endpointId }) => endpointId));
  return known.flatMap(({ endpointId, head }) =>
    head && !recorded.has(endpointId) && concerns(ownerOf(head), owner) ? [head] : [],
  );
}

/** Stores AWS's descriptions of the endpoints if they have changed. */
export async function keepDescriptions(
  log: SnapshotLog,
  list: EndpointList,
  expected: readonly ExpectedEndpoint[],
): Promise<void> {
  for (const { endpointId, description } of expected) {
    const said = list.descriptions?.get(endpointId);
    if (said && JSON.stringify(said) !== JSON.stringify(description)) await log.putDescription(endpointId, said);
  }
}

/** AWS lists an endpoint for a while after its deletion (EC2 API reference, ClientVpnEndpointStatus). */
function isBeingDeleted(endpoint: Elements): boolean {
  return asElements(endpoint.status)?.code === 'deleted';
}
