import { describe, expect, it } from 'vitest';
import { plain, propertiesOf, resourceOf } from './synthesized.ts';

const ofApi = (type: string, config = {}) => propertiesOf(`AWS::ApiGatewayV2::${type}`, config);

describe('the API', () => {
  it('is an HTTP API that no web page of another origin may call', () => {
    expect(ofApi('Api')).toMatchObject([{ ProtocolType: 'HTTP' }]);
    expect(ofApi('Api')[0]).not.toHaveProperty('CorsConfiguration');
  });

  it('takes GET, and POST for the manifests of exports, demands IAM authorization, and hands them on as its handlers read them', () => {
    const routes = ofApi('Route').map(({ ApiId, AuthorizationType, RouteKey, Target }) => {
      const [, id = ''] = /^integrations\/\{(\w+)\}$/.exec(plain(Target)) ?? [];
      const { Properties } = resourceOf('AWS::ApiGatewayV2::Integration', `AuditTrail${id}`);
      expect([ApiId, Properties.ApiId].map(plain)).toEqual(['{Api}', '{Api}']);
      expect(Properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' });
      return [AuthorizationType, RouteKey, plain(Properties.IntegrationUri)].join(' ');
    });
    expect(routes).toEqual(['AWS_IAM GET /{proxy+} {QueryFunction.Arn}', 'AWS_IAM POST /exports {ExportFunction.Arn}']);
    expect(ofApi('Integration')).toHaveLength(2);
  });

  it('is served at its root, throttled at 20 requests a second and 50 at once, or as configured', () => {
    const limits = (config = {}) => ofApi('Stage', config).map(({ DefaultRouteSettings }) => DefaultRouteSettings);
    expect(ofApi('Stage')).toMatchObject([{ StageName: '$default', AutoDeploy: true }]);
    expect(limits()).toEqual([{ ThrottlingRateLimit: 20, ThrottlingBurstLimit: 50 }]);
    expect(limits({ apiRateLimit: 5, apiBurstLimit: 7, logRetentionDays: 365 })).toEqual([
      { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 7 },
    ]);
  });
});

describe('the access log', () => {
  const { DestinationArn, Format } = ofApi('Stage')[0]?.AccessLogSettings ?? {};

  it('says in JSON who called which path, with what result and how fast, and not who was asked for', () => {
    expect(JSON.parse(Format)).toEqual({
      time: '$context.requestTime',
      // The id that the accesses have.
      requestId: '$context.requestId',
      principal: '$context.identity.userArn',
      sourceIp: '$context.identity.sourceIp',
      method: '$context.httpMethod',
      path: '$context.path',
      status: '$context.status',
      responseLatency: '$context.responseLatency',
      integrationLatency: '$context.integrationLatency',
      functionRequestId: '$context.awsEndpointRequestId',
      error: '$context.error.message',
      integrationError: '$context.integrationErrorMessage',
    });
  });

  it('is a log group of its own, kept 90 days or as configured, which goes with the stack', () => {
    const logsOf = (config = {}) => resourceOf('AWS::Logs::LogGroup', 'AuditTrailApiAccessLogs', config);
    expect(plain(DestinationArn)).toBe('{ApiAccessLogs.Arn}');
    expect(logsOf()).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 90 } });
    const config = { apiRateLimit: 5, apiBurstLimit: 7, logRetentionDays: 365 };
    expect(logsOf(config).Properties).toMatchObject({ RetentionInDays: 365 });
  });
});

it('the policy for those who may ask is attached to nobody', () => {
  const { Properties } = resourceOf('AWS::IAM::ManagedPolicy', 'AuditTrailApiQueryAccess');
  for (const holder of ['Users', 'Groups', 'Roles']) expect(Properties).not.toHaveProperty(holder);
});
