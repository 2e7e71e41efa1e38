import {
  HttpIntegrationType,
  HttpRouteIntegration,
  type HttpRouteIntegrationConfig,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/**
 * Hands a request to the function, as the CDK's `HttpLambdaIntegration` does, but gives no permission: that one's covers any
 * stage and any method, and the API gives a narrower one.
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
