import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { ManagedPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../acknowledge-wildcards.ts';
import { QueryIntegration } from './query-integration.ts';

/** What {@link QueryApi} is made of. */
export interface QueryApiProps {
  readonly query: IFunction;
  /** Signs the manifests of exports. */
  readonly exporter: IFunction;
  /** Requests a second that the API lets through for long, of all callers together. */
  readonly rateLimit: number;
  /** Requests that it lets through at once. */
  readonly burstLimit: number;
  readonly logRetention: RetentionDays;
}

/** The stage that is served at the root of the API's address. */
const STAGE = '$default';

/** Where the manifest of an export is signed. */
const EXPORTS = '/exports';

/**
 * Who called what, with what result. Not the query string: there stand the people and the addresses that were asked for,
 * and this log has other readers and another retention than the trail. The whole question is in the Accesses table, under
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
 * The HTTP API in front of the query function: IAM authorization on its routes, throttled, every request in an
 * access log. It has no CORS, since no web page of another origin is meant to call it.
 */
export class QueryApi extends Construct {
  /** The API's address, `https://…`, without a slash at the end. */
  readonly url: string;
  readonly api: HttpApi;
  readonly accessLogs: LogGroup;
  /** Lets whoever it is attached to ask everything. Attached to nobody here. */
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
    // Only GET, which only reads, but for the one below. What AWS's own tools send (POST /) is answered by `serve` and `console`.
    const questions = this.#route(HttpMethod.GET, '/{proxy+}', '/*', 'Query', props.query, 'AskedByApi');
    const exports = this.#route(HttpMethod.POST, EXPORTS, EXPORTS, 'Export', props.exporter, 'ExportAskedByApi');
    this.access = this.#access(questions, exports);
  }

  /**
   * Has a function answer the requests of a path, and lets the API invoke it for those alone.
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
      statements: [
        new PolicyStatement({ sid: 'AskTheTrail', actions: ['execute-api:Invoke'], resources: [questions, exports] }),
      ],
    });
    acknowledgeWildcards(
      policy,
      [questions],
      'Paths hold connection ids, which nobody knows beforehand, so the policy ends in a wildcard: every path of this one API and stage, by GET, which only reads, and each answer is noted in the Accesses table. The policy is attached to nobody until an administrator does so.',
    );
    return policy;
  }
}
