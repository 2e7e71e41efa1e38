import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { ManagedPolicy, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../acknowledge-wildcards.ts';
import { allow } from '../functions/store-permissions.ts';
import { QueryIntegration } from './query-integration.ts';

/** What {@link QueryApi} is made of. */
export interface QueryApiProps {
  readonly query: IFunction;
  /** Signs the manifests of exports. */
  readonly exporter: IFunction;
  /** The steady rate limit of the API, in requests per second over all callers. */
  readonly rateLimit: number;
  readonly burstLimit: number;
  readonly logRetention: RetentionDays;
}

/** The stage that is served at the root of the API's address. */
const STAGE = '$default';

/** The route that signs the manifest of an export. */
const EXPORTS_ROUTE = '/exports';

/**
 * Who called what, with what result. The query string is excluded, because it has the people and addresses that were asked for,
 * and this log has other readers and another retention than the trail. The full query is in the Accesses table, under
 * the same request id. Names: API Gateway Developer Guide, "Customize HTTP API access logs".
 */
const ACCESS_LOG = {
  time: '$context.requestTime',
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
};

/**
 * The HTTP API in front of the query function: IAM authorization on its routes, throttling, and an access log of every
 * request. It has no CORS, because no web page of another origin should call it.
 */
export class QueryApi extends Construct {
  /** The API's address, `https://…`, without a slash at the end. */
  readonly url: string;
  readonly api: HttpApi;
  readonly accessLogs: LogGroup;
  /** Allows all queries. The stack attaches it to nobody. */
  readonly access: ManagedPolicy;

  constructor(scope: Construct, id: string, props: QueryApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      apiName: 'client-vpn-audit',
      description: 'Answers questions about the audit trail of AWS Client VPN connections',
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
    });
    this.url = this.api.apiEndpoint;
    this.accessLogs = this.#accessLogs(props.logRetention);
    this.#stage(props);
    // Only GET, which only reads, except the one below. `serve` and `console` answer AWS's own tools (POST /).
    const questions = this.#route(HttpMethod.GET, '/{proxy+}', '/*', 'Query', props.query, 'AskedByApi');
    const exports = this.#route(
      HttpMethod.POST,
      EXPORTS_ROUTE,
      EXPORTS_ROUTE,
      'Export',
      props.exporter,
      'ExportAskedByApi',
    );
    this.access = this.#access(questions, exports);
  }

  /**
   * Routes the requests of a path to a function, and allows the API to invoke it only for those.
   *
   * @returns the ARN of these requests
   */
  #route(
    method: HttpMethod,
    path: string,
    resource: string,
    name: string,
    handler: IFunction,
    permission: string,
  ): string {
    this.api.addRoutes({ path, methods: [method], integration: new QueryIntegration(name, handler) });
    const sourceArn = this.api.arnForExecuteApi(method, resource, STAGE);
    handler.addPermission(permission, {
      scope: this,
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn,
    });
    return sourceArn;
  }

  #accessLogs(retention: RetentionDays): LogGroup {
    const logGroup = new LogGroup(this, 'AccessLogs', { retention, removalPolicy: RemovalPolicy.DESTROY });
    Validations.of(logGroup).acknowledge({
      id: 'NIST.800.53.R5-CloudWatchLogGroupEncrypted',
      reason:
        'CloudWatch Logs encrypts the group at rest with a key that AWS owns. The log holds who called which path with which result, and not the query string, where the people and addresses that were asked for stand; those are in the Accesses table alone, whose key is configurable.',
    });
    return logGroup;
  }

  #stage({ rateLimit, burstLimit }: QueryApiProps): HttpStage {
    return new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: STAGE,
      autoDeploy: true,
      throttle: { rateLimit, burstLimit },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLogs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }

  #access(questions: string, exports: string): ManagedPolicy {
    const policy = new ManagedPolicy(this, 'QueryAccess', {
      description: 'May ask the audit trail of AWS Client VPN connections; each question is noted',
      statements: [allow('AskTheTrail', ['execute-api:Invoke'], [questions, exports])],
    });
    acknowledgeWildcards(
      policy,
      [questions],
      'Paths hold connection ids, which nobody knows beforehand, so the policy ends in a wildcard: every path of this one API and stage, by GET, which only reads, and each answer is noted in the Accesses table. The policy is attached to nobody until an administrator does so.',
    );
    return policy;
  }
}
