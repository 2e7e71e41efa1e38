import {
  HttpIntegrationType,
  HttpRouteIntegration,
  type HttpRouteIntegrationConfig,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/**
 * Passes a request to the function, like the CDK's `HttpLambdaIntegration`, but grants no permission: the CDK's covers any
 * stage and any method, and the API grants a narrower one.
 */
export class QueryIntegration extends HttpRouteIntegration {
  readonly #query: IFunction;

  constructor(id: string, query: IFunction) {
    super(id);
    this.#query = query;
  }

  bind(): HttpRouteIntegrationConfig {
    return {
      type: HttpIntegrationType.AWS_PROXY,
      uri: this.#query.functionArn,
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    };
  }
}
