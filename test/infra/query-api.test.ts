import { describe, expect, it } from 'vitest';
import { permissionsOf, readable, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const propertiesOf = (type: string, config = {}) =>
  Object.values(resourcesOf(templateOf(config), `AWS::ApiGatewayV2::${type}`)).map(({ Properties }) => Properties);

const API = { Ref: expect.stringMatching(/^AuditTrailApi[0-9A-F]{8}$/) };

describe('the API', () => {
  it('is an HTTP API that no web page of another origin may call', () => {
    const [api, ...others] = propertiesOf('Api');
    expect(api).toMatchObject({ ProtocolType: 'HTTP' });
    expect(api).not.toHaveProperty('CorsConfiguration');
    expect(others).toEqual([]);
  });

  it('takes GET, and POST for the manifests of exports, and demands IAM authorization: nothing is open', () => {
    const demanding = { ApiId: API, AuthorizationType: 'AWS_IAM', Target: expect.anything() };
    expect(propertiesOf('Route')).toEqual([
      { ...demanding, RouteKey: 'GET /{proxy+}' },
      { ...demanding, RouteKey: 'POST /exports' },
    ]);
  });

  it.each([
    ['GET /{proxy+}', 'Query'],
    ['POST /exports', 'Export'],
  ])('hands %s to the function %s, in the form that its handler reads', (route, name) => {
    const [only] = propertiesOf('Route').filter(({ RouteKey }) => RouteKey === route);
    const [, id = ''] = /^integrations\/\{(\w+)\}$/.exec(readable(only?.Target)) ?? [];
    const { Properties } = resourceOf(templateOf(), 'AWS::ApiGatewayV2::Integration', id);
    expect(Properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' });
    expect(readable(Properties.IntegrationUri)).toMatch(new RegExp(`^\\{AuditTrail${name}Function\\w+\\.Arn\\}$`));
    expect(propertiesOf('Integration')).toHaveLength(2);
  });

  it('is served at its root, throttled at 20 requests a second and 50 at once, or as configured', () => {
    const limits = (config = {}) =>
      propertiesOf('Stage', config).map(({ DefaultRouteSettings }) => DefaultRouteSettings);
    expect(propertiesOf('Stage')).toMatchObject([{ ApiId: API, StageName: '$default', AutoDeploy: true }]);
    expect(limits()).toEqual([{ ThrottlingRateLimit: 20, ThrottlingBurstLimit: 50 }]);
    expect(limits({ apiRateLimit: 5, apiBurstLimit: 7 })).toEqual([
      { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 7 },
    ]);
  });
});

describe('the access log', () => {
  const { DestinationArn, Format } = propertiesOf('Stage')[0]?.AccessLogSettings ?? {};

  it('says in JSON who called which path, with what result and how fast, under the id that the accesses have', () => {
    expect(JSON.parse(Format)).toMatchObject({
      requestId: '$context.requestId',
      principal: '$context.identity.userArn',
      path: '$context.path',
      status: '$context.status',
      responseLatency: '$context.responseLatency',
    });
  });

  it('does not say who was asked for: no query string, no headers, no parameters', () => {
    expect(
      Object.values(JSON.parse(Format)).filter((variable) => !/^\$context\.[\w.]+$/.test(String(variable))),
    ).toEqual([]);
    expect(Format).not.toMatch(/query|param|header|request\./i);
  });

  it('is a log group of its own, kept 90 days or as configured, which goes with the stack', () => {
    const logsOf = (config = {}) => resourceOf(templateOf(config), 'AWS::Logs::LogGroup', 'AuditTrailApiAccessLogs');
    expect(readable(DestinationArn)).toMatch(/^\{AuditTrailApiAccessLogs\w+\.Arn\}$/);
    expect(logsOf()).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 90 } });
    expect(logsOf({ logRetentionDays: 365 }).Properties).toMatchObject({ RetentionInDays: 365 });
  });
});

describe('the policy for those who may ask', () => {
  it('allows every question to this API and to have exports signed, and nothing else', () => {
    const api = 'arn:{AWS::Partition}:execute-api:{AWS::Region}:{AWS::AccountId}:{AuditTrailApi}/$default';
    expect(permissionsOf('AuditTrailApiQueryAccess')).toEqual([
      `Allow execute-api:Invoke on ${api}/GET/*`,
      `Allow execute-api:Invoke on ${api}/POST/exports`,
    ]);
  });

  it('is attached to nobody', () => {
    const { Properties } = resourceOf(templateOf(), 'AWS::IAM::ManagedPolicy', 'AuditTrailApiQueryAccess');
    expect(Properties).not.toHaveProperty('Users');
    expect(Properties).not.toHaveProperty('Groups');
    expect(Properties).not.toHaveProperty('Roles');
    const attached = Object.values(resourcesOf(templateOf(), 'AWS::IAM::Role')).flatMap(
      (role) => role.Properties.ManagedPolicyArns,
    );
    expect(attached.map(readable).join()).not.toContain('QueryAccess');
  });
});
