import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { type EndpointAnswer, endpointsAnswer } from '../../lambda/query/schemas/trail.ts';
import type { ScreenPorts } from '../ports.ts';
import type { EndpointNames } from './texts.ts';

/** The endpoints that are recorded, or were. */
export async function askEndpoints({ ask }: ScreenPorts): Promise<readonly EndpointAnswer[]> {
  return (await askTrail(ask, '/endpoints', endpointsAnswer)).endpoints;
}

/** Their names, where they have any. Two endpoints of one name are told apart by their ids. */
export function namesOf(endpoints: readonly EndpointAnswer[] = []): EndpointNames {
  const all = endpoints.flatMap(({ endpointId, name }) => (name ? [{ endpointId, name }] : []));
  const isOnce = (name: string) => all.filter((one) => one.name === name).length === 1;
  return new Map(
    all.map(({ endpointId, name }) => [endpointId, isOnce(name) ? name : `${name} (${endpointId.slice(-5)})`]),
  );
}
