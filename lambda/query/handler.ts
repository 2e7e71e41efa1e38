import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { handle } from 'hono/aws-lambda';
import { documentClient } from '../dynamodb/documents.ts';
import { readEnvironment } from '../settings.ts';
import { createQueryApp, type QueryPorts } from './app.ts';
import { queryEnvironment } from './env.ts';

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
  const settings = readEnvironment(queryEnvironment, environment, 'the query function');
  return answerEvents(createQueryApp({ ...ports, settings }));
}

/**
 * Answers the events of an API Gateway HTTP API. It has verified the signature; a request without its caller's identity is not
 * answered.
 */
export function answerEvents(app: ReturnType<typeof createQueryApp>) {
  const fetch = (request: Request, { event: { requestContext } }: LambdaBindings) => {
    const { authorizer, requestId } = requestContext;
    return app.fetch(request, { caller: { principal: authorizer.iam.userArn, requestId } });
  };
  return handle({ fetch } as never);
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
