import type { DynamoDbTrailReads } from '../dynamodb/trail-reads.ts';
import { asElements, type Element, type Elements, isList } from '../trail/element.ts';
import type { Head, Watermark } from '../trail/head.ts';
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

/**
 * Reads the endpoints of the trail, or those that are wanted, by their ids.
 *
 * @throws QueryProblem if a requested one is not recorded
 */
export async function readEndpointStates(
  reads: DynamoDbTrailReads,
  wanted: readonly string[] = [],
): Promise<EndpointState[]> {
  const records = await reads.readEndpoints();
  const unknown = wanted.find((id) => !records.some(({ endpointId }) => endpointId === id));
  if (unknown !== undefined)
    throw notRecorded(
      unknown,
      records.map(({ endpointId }) => endpointId),
    );
  const chosen = records.filter(({ endpointId }) => wanted.length === 0 || wanted.includes(endpointId));
  return Promise.all(
    chosen.map(async (record) => {
      const watermark = record.head && (await reads.readWatermark(record.endpointId));
      return { ...record, ...(watermark ? { watermark } : {}) };
    }),
  );
}

function notRecorded(endpointId: string, recorded: readonly string[]): QueryProblem {
  const which = recorded.length > 0 ? `recorded are ${recorded.join(', ')}` : 'nothing has been recorded yet';
  return new QueryProblem('endpoint-not-recorded', `The endpoint ${endpointId} is not recorded; ${which}.`);
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
