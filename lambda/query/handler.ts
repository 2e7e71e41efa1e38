import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { documentClient } from '../dynamodb/documents.ts';
import { readEnvironment } from '../settings.ts';
import { answerEvents } from './answer-events.ts';
import { createQueryApp } from './app.ts';
import { queryEnvironment } from './env.ts';
import type { QueryPorts } from './query-ports.ts';

/**
 * Makes the query function's handler, for the events of an API Gateway HTTP API (payload format 2.0) with IAM
 * authorization.
 *
 * @param environment the function's environment; see `env.ts`
 * @param ports replaced in tests
 * @throws TypeError where the environment is not what the construct writes; names what is wrong
 */
export function createHandler(environment: NodeJS.ProcessEnv, ports: Omit<QueryPorts, 'settings'>) {
  const settings = readEnvironment(queryEnvironment, environment, 'the query function');
  return answerEvents(createQueryApp({ ...ports, settings }));
}

type Handler = ReturnType<typeof createHandler>;

/** The function that the stack deploys: an API Gateway event in, its answer out. */
export const handler: Handler = (event, context) => {
  deployed ??= createHandler(process.env, {
    documents: documentClient(new DynamoDBClient({})),
    now: () => new Date(),
    onError: (error) => console.error(error),
  });
  return deployed(event, context);
};

let deployed: Handler | undefined;
