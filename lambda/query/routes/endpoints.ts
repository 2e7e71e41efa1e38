import { present } from '../../trail/present.ts';
import { coverEndpoints } from '../cover-endpoints.ts';
import { type Reach, reachOf } from '../endpoint-coverage.ts';
import { describedText, type EndpointState, nameOf, readEndpointStates, statedOwner } from '../endpoint-state.ts';
import { endpointsParameters, since, until } from '../parameters/definitions.ts';
import type { EndpointAnswer } from '../schemas/trail.ts';
import { defineRoute } from './route.ts';

/** `GET /endpoints`: what is recorded. */
export const endpointsRoute = defineRoute({
  path: '/endpoints',
  summary: 'The endpoints that are recorded, or were',
  parameters: endpointsParameters,
  answerQuestion: async (ports, { given }) => {
    const states = await readEndpointStates(ports.reads, given);
    const endpoints = await Promise.all(states.map(async (state) => toEndpoint(state, await reachOf(ports, state))));
    return { rows: endpoints.length, body: { endpoints } };
  },
});

function toEndpoint(state: EndpointState, { pendingSince }: Reach): EndpointAnswer {
  const { endpointId, head, watermark, description } = state;
  return {
    endpointId,
    state: head?.state ?? 'not-recorded-yet',
    ...present({
      ...statedOwner(state),
      closedBecause: head?.closedBecause,
      firstSeenAt: head?.firstSeenAt,
      lastSlot: head?.slot,
      lastSnapshotAt: head?.f,
      entries: head && head.entry + 1,
      projectedThrough: watermark?.f,
      pendingSince,
      clientCidrBlock: describedText(state, 'clientCidrBlock'),
      name: nameOf(state),
      description: description && { ...description },
    }),
  };
}

/** `GET /coverage`: what is proven, and every gap with its reason. */
export const coverageRoute = defineRoute({
  path: '/coverage',
  summary: 'For each endpoint the stretches that are proven complete, and every gap with its reasons',
  parameters: { ...endpointsParameters, since, until },
  answerQuestion: async (ports, { given }) => {
    const body = await coverEndpoints(ports, given);
    return { rows: body.endpoints.length, body };
  },
});
