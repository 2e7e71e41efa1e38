import type { Instant } from '../../trail/time.ts';
import { coverReaches } from '../answer-coverage.ts';
import { gapsWithin, type Reach, reachOf } from '../endpoint-coverage.ts';
import {
  createdAt,
  describedText,
  type EndpointState,
  isDeleted,
  nameOf,
  readEndpointStates,
} from '../endpoint-state.ts';
import { endpoint, since, until } from '../parameters/definitions.ts';
import { checkWindow } from '../parameters/window.ts';
import type { EndpointCoverage, GapAnswer } from '../schemas/coverage.ts';
import type { EndpointAnswer } from '../schemas/trail.ts';
import { defineRoute, type RoutePorts } from './route.ts';

/** `GET /endpoints`: what is recorded. */
export const endpointsRoute = defineRoute({
  path: '/endpoints',
  summary: 'The endpoints that are recorded, or were',
  parameters: {},
  answerQuestion: async (ports) => {
    const states = await readEndpointStates(ports.reads);
    const endpoints = await Promise.all(states.map(async (state) => toEndpoint(state, await reachOf(ports, state))));
    return { rows: endpoints.length, body: { endpoints } };
  },
});

function toEndpoint(state: EndpointState, { pendingSince }: Reach): EndpointAnswer {
  const { endpointId, head, watermark, description } = state;
  const clientCidrBlock = describedText(state, 'clientCidrBlock');
  const name = nameOf(state);
  return {
    endpointId,
    state: head?.state ?? 'not-recorded-yet',
    ...(head
      ? {
          accountId: head.accountId,
          region: head.region,
          ...(head.closedBecause ? { closedBecause: head.closedBecause } : {}),
          firstSeenAt: head.firstSeenAt,
          lastSlot: head.slot,
          lastSnapshotAt: head.f,
          entries: head.entry + 1,
        }
      : {}),
    ...(watermark ? { projectedThrough: watermark.f } : {}),
    ...(pendingSince === undefined ? {} : { pendingSince }),
    ...(clientCidrBlock === undefined ? {} : { clientCidrBlock }),
    ...(name === undefined ? {} : { name }),
    ...(description ? { description: { ...description } } : {}),
  };
}

/** What statements about coverage rest on; every report says so. */
function assumptions(epsilonSeconds: number, endpoints: readonly EndpointCoverage[]): string[] {
  return [
    'AWS lists a connection until 60 minutes after its end (EC2 API reference, DescribeClientVpnConnections).',
    `AWS lists a connection, and its clocks agree, within ${epsilonSeconds} seconds: the delay and the difference together.`,
    'An answer of AWS that is whole, by its pages and its tokens, leaves out no connection.',
    'A read of DynamoDB, and an index, follow what was written within seconds.',
    ...(endpoints.some(({ createdAt }) => createdAt !== undefined)
      ? ['No connection is older than its endpoint, by the creation time that AWS gives.']
      : []),
    ...(endpoints.some(({ deletedAt }) => deletedAt !== undefined)
      ? ['An endpoint that AWS neither lists nor knows any more was deleted, and nobody is connected to it.']
      : []),
  ];
}

/** `GET /coverage`: what is proven, and every gap with its reason. */
export const coverageRoute = defineRoute({
  path: '/coverage',
  summary: 'For each endpoint the stretches that are proven complete, and every gap with its reasons',
  parameters: { endpoint: { ...endpoint, many: true as const }, since, until },
  answerQuestion: async (ports, { given }) => {
    checkWindow(given.since, given.until);
    const states = await readEndpointStates(ports.reads, given.endpoint);
    const reaches = await Promise.all(states.map((state) => reachOf(ports, state)));
    const { window, coverage } = await coverReaches(ports, reaches, given);
    const asked = { ...window, isOpen: given.until === undefined };
    const endpoints = await Promise.all(reaches.map((reach) => cover(ports, reach, asked)));
    return {
      rows: endpoints.length,
      body: {
        window,
        complete: coverage.complete,
        endpoints,
        assumptions: assumptions(ports.settings.EPSILON_SECONDS, endpoints),
      },
    };
  },
});

async function cover(
  ports: RoutePorts,
  reach: Reach,
  { since, until, isOpen }: { since: Instant; until: Instant; isOpen: boolean },
): Promise<EndpointCoverage> {
  const { state, pendingSince, ongoing } = reach;
  const within = await gapsWithin(ports, reach, since, until);
  const gaps = isOpen && ongoing && !within.includes(ongoing) ? [...within, ongoing] : within;
  const end = pendingSince !== undefined && pendingSince < until ? pendingSince : until;
  const created = createdAt(state);
  const deletedAt = isDeleted(state) ? state.head?.f : undefined;
  const name = nameOf(state);
  return {
    endpointId: state.endpointId,
    ...(name === undefined ? {} : { name }),
    complete: gaps.length === 0 && end === until,
    proven: provenBetween(created !== undefined && created > since ? created : since, end, gaps),
    gaps,
    ...(pendingSince === undefined ? {} : { pendingSince }),
    ...(state.watermark ? { projectedThrough: state.watermark.f } : {}),
    ...(created === undefined ? {} : { createdAt: created }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
  };
}

/** What is left of a stretch without the gaps, which are in order. */
function provenBetween(since: Instant, until: Instant, gaps: readonly GapAnswer[]): { start: Instant; end: Instant }[] {
  const proven = [];
  let start = since;
  for (const gap of gaps) {
    if (gap.start > start && start < until) proven.push({ start, end: gap.start < until ? gap.start : until });
    if (gap.end > start) start = gap.end;
  }
  if (start < until) proven.push({ start, end: until });
  return proven;
}
