import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { ANALYST } from '../command/asked-trail.ts';

/** A GET as an API Gateway HTTP API with IAM authorization hands it on (payload format 2.0). */
export function apiGatewayEvent(path: string, query = ''): APIGatewayProxyEventV2WithIAMAuthorizer {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: { host: 'abc123.execute-api.eu-central-1.amazonaws.com', 'x-amz-date': '20261120T080500Z' },
    isBase64Encoded: false,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      domainName: 'abc123.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'abc123',
      http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'test' },
      requestId: 'event-request-id',
      routeKey: '$default',
      stage: '$default',
      time: '20/Nov/2026:08:05:00 +0000',
      timeEpoch: 1_795_161_900_000,
      authorizer: {
        iam: {
          accessKey: 'AKIAEXAMPLE',
          accountId: '123456789012',
          callerId: 'AIDAEXAMPLE',
          cognitoIdentity: null,
          principalOrgId: '',
          userArn: ANALYST,
          userId: 'AIDAEXAMPLE',
        },
      },
    },
  };
}
