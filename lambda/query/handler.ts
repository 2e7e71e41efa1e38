import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { handle } from 'hono/aws-lambda';
import * as z from 'zod/mini';
import { documentClient } from '../dynamodb/documents.ts';
import type { Caller } from './answering.ts';
import { createQueryApp, type QueryPorts } from './app.ts';
import { type QuerySettings, queryEnvironment } from './env.ts';

/** What hono's adapter hands over beside the request. */
interface LambdaBindings {
  readonly event: APIGatewayProxyEventV2WithIAMAuthorizer;
}

/**
 * Makes the query function's handler, for the events of an API Gateway HTTP API (payload format 2.0) with IAM
 * authorization.
 *
 * @param environment the function's environment; see `env.ts`
 * @param ports replaced in tests
 * @throws TypeError where the environment is not what the construct writes; names what is wrong
 */
export function createHandler(environment: NodeJS.ProcessEnv, ports: Omit<QueryPorts, 'settings'>) {
  const app = createQueryApp({ ...ports, settings: readEnvironment(environment) });
  const fetch = (request: Request, { event }: LambdaBindings) => app.fetch(request, { caller: callerOf(event) });
  return handle({ fetch } as never);
}

function readEnvironment(environment: NodeJS.ProcessEnv): QuerySettings {
  const read = queryEnvironment.safeParse(environment);
  if (read.success) return read.data;
  throw new TypeError(`the query function's environment is not complete:\n${z.prettifyError(read.error)}`);
}

/** API Gateway has verified the signature. A request without its caller identity is not answered. */
function callerOf({ requestContext }: APIGatewayProxyEventV2WithIAMAuthorizer): Caller {
  return { principal: requestContext.authorizer.iam.userArn, requestId: requestContext.requestId };
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
