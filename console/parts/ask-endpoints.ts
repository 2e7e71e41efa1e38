import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { type EndpointAnswer, endpointsAnswer } from '../../lambda/query/schemas/trail.ts';
import { type EndpointLabels, ownedLabels } from '../../words/endpoint-labels.ts';
import type { ScreenPorts } from '../ports.ts';

/** The endpoints that are recorded, or were, and what each is called; with account and Region where there are several. */
export interface RecordedEndpoints {
  readonly endpoints: readonly EndpointAnswer[];
  readonly labels: EndpointLabels;
}

/** Asks for the endpoints. */
export async function askEndpoints({ ask }: ScreenPorts): Promise<RecordedEndpoints> {
  const { endpoints } = await askTrail(ask, '/endpoints', endpointsAnswer);
  return { endpoints, labels: ownedLabels(endpoints) };
}
