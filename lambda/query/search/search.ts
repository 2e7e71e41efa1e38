import type { DynamoDbTrailReads } from '../../dynamodb/trail-reads.ts';
import type { Connection } from '../../trail/connection.ts';
import { addSeconds, type Instant } from '../../trail/time.ts';
import type { EndpointState } from '../endpoint-state.ts';
import { matchIdentities } from './match-identities.ts';
import { type Filters, type Knowledge, type MatchWindow, passesFilters } from './matching.ts';
import { type Plan, planReads } from './plan.ts';
import type { Stream } from './stream.ts';
import { type Step, startOf, walk } from './walk.ts';

/** A query, with the position where its answer continues. */
export interface Search {
  readonly filters: Filters;
  readonly window: MatchWindow;
  /** The endpoints to search. */
  readonly states: readonly EndpointState[];
  readonly epsilonSeconds: number;
  readonly limit: number;
  /** The sort key where the page before ended. */
  readonly before?: string | undefined;
}

/** A matching connection; `possible` if the match depends on a time known only within bounds. */
export interface Match {
  readonly connection: Connection;
  readonly possible: boolean;
}

/** A page of the answer; `before` is where the next page begins, absent on the last page. */
export interface SearchPage {
  readonly matches: readonly Match[];
  readonly before?: string;
}

/**
 * The most requests of one answer. With a very selective filter, or over years without connections, the page
 * ends early, with a cursor. At about 10 ms each they stay within API Gateway's timeout.
 */
const MOST_REQUESTS = 500;
/** Enough to find the holder of an address in one read unit: 8 KB, eventually consistent, of items of up to 1.1 KB. */
const ADDRESS_PAGE = 7;
/** Bounds what a page holds in memory, since names may be long. What is sent is measured in `list-answer.ts`. */
const MOST_CHARACTERS = 3_000_000;
const LEAST_PAGE = 25;
const MOST_PAGE = 1001;

/** Searches the connections: newest established first, then connection id, descending. */
export async function search(reads: DynamoDbTrailReads, question: Search): Promise<SearchPage> {
  const { filters, window, states, before, limit } = question;
  const plan = planReads(filters, window, states, before);
  if (plan.by === 'connection-id') return takePage(await readById(reads, plan, before), question);
  let requests = 0;
  const counted = {
    readIndex: (...args: Parameters<typeof reads.readIndex>) => {
      requests += 1;
      return reads.readIndex(...args);
    },
  };
  // Last, because the first stream wins if a connection is in two: it may know the next holder of the address.
  const walks = [...plan.streams, ...plan.odd].map((stream) =>
    walk(stream, { reads: counted, before, pageSize: pageSizeOf(stream, plan.streams.length, limit) }),
  );
  return takePage(merge(walks), question, () => requests < MOST_REQUESTS);
}

function pageSizeOf({ isAddress, untilHolderBefore }: Stream, streams: number, limit: number): number {
  if (isAddress && untilHolderBefore !== undefined) return ADDRESS_PAGE;
  // One more than the limit shows whether there is another page.
  const share = streams === 1 ? limit + 1 : Math.ceil((2 * (limit + 1)) / streams);
  return Math.min(MOST_PAGE, Math.max(LEAST_PAGE, share));
}

async function readById(
  reads: DynamoDbTrailReads,
  { ids }: Extract<Plan, { by: 'connection-id' }>,
  before: string | undefined,
): Promise<Step[]> {
  const found = await Promise.all(ids.map((id) => reads.readConnection(id)));
  return found
    .flatMap((connection) => (connection ? [{ position: startOf(connection), connection }] : []))
    .filter(({ position }) => before === undefined || position < before)
    .sort((one, other) => (one.position < other.position ? 1 : -1));
}

/** Takes matching connections from the steps until the page is full or the budget is used up. */
async function takePage(
  steps: AsyncIterable<Step> | Iterable<Step>,
  question: Search,
  mayGoOn: () => boolean = () => true,
): Promise<SearchPage> {
  const { epsilonSeconds, states } = question;
  const passes = passesFilters(question.filters);
  const knownThrough = new Map(states.map((state) => [state.endpointId, surelyKnown(state, epsilonSeconds)]));
  const matches: Match[] = [];
  let size = 0;
  let previous = '';
  for await (const { position, connection, addressTakenAt } of steps) {
    // The same connection can be under two names, or under two of the requested values.
    if (connection && position !== previous) {
      previous = position;
      const knowledge: Knowledge = {
        knownThrough: knownThrough.get(connection.endpointId),
        addressTakenAt,
      };
      const verdict = matchIdentities(connection, passes, question.window, knowledge);
      if (verdict !== 'no') {
        const last = matches.at(-1);
        if (last && (matches.length === question.limit || size > MOST_CHARACTERS)) {
          return { matches, before: startOf(last.connection) };
        }
        matches.push({ connection, possible: verdict === 'possible' });
        size += sizeOf(connection);
      }
    }
    if (!mayGoOn()) return { matches, before: position };
  }
  return { matches };
}

/**
 * Until when an open connection of the endpoint was surely connected: the begin of the newest projected snapshot, which may have
 * listed it first, minus AWS's listing lag.
 */
function surelyKnown({ watermark }: EndpointState, epsilonSeconds: number): Instant | undefined {
  return watermark && addSeconds(watermark.s, -epsilonSeconds);
}

function sizeOf(connection: Connection): number {
  return JSON.stringify(connection, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).length;
}

/** Merges walks: the step that stands highest first. */
async function* merge(walks: readonly AsyncGenerator<Step>[]): AsyncGenerator<Step> {
  const heads = await Promise.all(walks.map((one) => one.next()));
  for (;;) {
    let highest = -1;
    heads.forEach((head, index) => {
      const best = heads[highest];
      if (!head.done && (!best || best.done || head.value.position > best.value.position)) highest = index;
    });
    const head = heads[highest];
    const next = walks[highest];
    if (!head || head.done || !next) return;
    yield head.value;
    heads[highest] = await next.next();
  }
}
