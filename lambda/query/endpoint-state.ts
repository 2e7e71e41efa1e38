import type { DynamoDbTrailReads } from '../dynamodb/trail-reads.ts';
import { asElements, type Element, type Elements, isList } from '../trail/element.ts';
import type { Head, Watermark } from '../trail/head.ts';
import {
  type AskedOwners,
  askedOwnerWords,
  asksForOwner,
  describedOwner,
  isAskedOwner,
  type Owner,
  ownerOf,
  ownerWords,
} from '../trail/owner.ts';
import { type Instant, parseAwsTime } from '../trail/time.ts';
import { QueryProblem } from './problem.ts';

/** The current state of an endpoint in the trail, apart from its connections. */
export interface EndpointState {
  readonly endpointId: string;
  /** Absent if nothing has been recorded yet. */
  readonly head?: Head;
  readonly watermark?: Watermark;
  /** What DescribeClientVpnEndpoints last said. */
  readonly description?: Elements;
}

/** The endpoints that a question names: filters join with AND, the values of one with OR. Empty or absent: all. */
export interface AskedEndpoints extends AskedOwners {
  /** Their ids. */
  readonly endpoint?: readonly string[] | undefined;
}

/**
 * Reads the endpoints of the trail, or those that are wanted. One whose account is not known is among those of every account (ADR 50).
 *
 * @throws QueryProblem if a requested endpoint is not recorded, or none of a requested account or Region
 */
export async function readEndpointStates(
  reads: DynamoDbTrailReads,
  wanted: AskedEndpoints = {},
): Promise<EndpointState[]> {
  const records = await reads.readEndpoints();
  const { endpoint = [] } = wanted;
  const unknown = endpoint.find((id) => !records.some(({ endpointId }) => endpointId === id));
  if (unknown !== undefined) {
    const ids = records.map(({ endpointId }) => endpointId);
    throw notRecorded(`The endpoint ${unknown} is not recorded`, 'recorded are', ids);
  }
  const named = records.filter(({ endpointId }) => endpoint.length === 0 || endpoint.includes(endpointId));
  checkOwners(wanted, named);
  const chosen = named.filter((record) => isAskedOwner(wanted, endpointOwner(record)) !== 'no');
  return Promise.all(
    chosen.map(async (record) => {
      const watermark = record.head && (await reads.readWatermark(record.endpointId));
      return { ...record, ...(watermark ? { watermark } : {}) };
    }),
  );
}

/** No endpoint of an account is not the same as nobody at its endpoints: each account and Region must be that of one. */
function checkOwners(
  { endpoint = [], account = [], region = [] }: AskedEndpoints,
  records: readonly EndpointState[],
): void {
  if (!asksForOwner({ account, region })) return;
  const isThere = (asked: AskedOwners) =>
    records.some((record) => isAskedOwner(asked, endpointOwner(record)) === 'certain');
  const each = [...account.map((one) => ({ account: [one] })), ...region.map((one) => ({ region: [one] }))];
  const missing = [...each, { account, region }].find((asked) => !isThere(asked));
  if (!missing) return;
  const owners = [...new Set(records.map((record) => ownerWords(endpointOwner(record))))].sort();
  const words = askedOwnerWords(missing);
  throw endpoint.length > 0
    ? notRecorded(`None of the endpoints that were named is ${words}`, 'they are of', owners)
    : notRecorded(`No endpoint ${words} is recorded`, 'recorded are endpoints of', owners);
}

function notRecorded(what: string, recordedAre: string, recorded: readonly string[]): QueryProblem {
  const which = recorded.length > 0 ? `${recordedAre} ${recorded.join(', ')}` : 'nothing has been recorded yet';
  return new QueryProblem('endpoint-not-recorded', `${what}; ${which}.`);
}

/** Whose endpoint it is, and where: as its log says; before there is one, as AWS's description tells. */
export function endpointOwner({ head, description }: Pick<EndpointState, 'head' | 'description'>): Owner {
  return head ? ownerOf(head) : describedOwner(description);
}

/** The same as answers state it: an account that is not known is `unknown`, as in the rows of its connections. */
export function statedOwner({ head, description }: Pick<EndpointState, 'head' | 'description'>): Owner {
  return head ? { accountId: head.accountId, region: head.region } : describedOwner(description);
}

/** A text of the endpoint's description, by its name on the wire. */
export function describedText({ description }: EndpointState, name: string): string | undefined {
  const element = description?.[name];
  return typeof element === 'string' && element !== '' ? element : undefined;
}

/** When AWS says that the endpoint was created. */
export function createdAt(state: EndpointState): Instant | undefined {
  return parseAwsTime(describedText(state, 'creationTime') ?? '');
}

/** The endpoint's tag `Name`. */
export function nameOf({ description }: EndpointState): string | undefined {
  const tags: Element | undefined = description?.tagSet;
  if (!isList(tags)) return undefined;
  const value = tags.map(asElements).find((tag) => tag?.key === 'Name')?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether it was deleted: nobody can be connected to it any more. */
export const isDeleted = ({ head }: EndpointState): boolean => head?.closedBecause === 'endpoint-deleted';
