import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import type { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import type { QueryBindings } from './query-ports.ts';

/** What hono's adapter hands over beside the request. */
interface LambdaBindings {
  readonly event: APIGatewayProxyEventV2WithIAMAuthorizer;
}

/**
 * Answers the events of an API Gateway HTTP API. It has verified the signature; a request without its caller's identity is not
 * answered.
 */
export function answerEvents(app: Hono<{ Bindings: QueryBindings }>) {
  const fetch = (request: Request, { event: { requestContext } }: LambdaBindings) => {
    const { authorizer, requestId } = requestContext;
    return app.fetch(request, { caller: { principal: authorizer.iam.userArn, requestId } });
  };
  return handle({ fetch } as never);
}
