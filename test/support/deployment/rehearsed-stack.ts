import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { apiGatewayEvent } from '../servers/api-gateway-event.ts';
import { type LoopbackServer, serveOnLoopback } from '../servers/loopback-server.ts';
import { ACCOUNT, type Deployment, REGION } from './deployment.ts';
import type { Judge, Need } from './judge.ts';
import type { JudgedAws } from './judged-aws.ts';

/** What came of an invocation: what the handler gave, or its error; and what it wrote into its log. */
export interface Outcome {
  readonly answer?: unknown;
  readonly error?: string;
  readonly log: string;
}

const PROCESS = fileURLToPath(new URL('lambda-process.ts', import.meta.url));
const FUNCTION = 'AWS::Lambda::Function';
const REMAINING_MILLISECONDS = 60_000;

/** A deployed stack that events come to, as from the Scheduler, from API Gateway and from CloudFormation; each with what they need of IAM. */
export class RehearsedStack {
  readonly deployment: Deployment;
  readonly judge: Judge;
  readonly aws: JudgedAws;
  readonly #bundleOf: (functionId: string) => string;
  #requests = 0;
  readonly #processes = new Map<string, Promise<ChildProcess>>();

  /** @param bundleOf the file of a function's code, by the function's logical id */
  constructor(deployment: Deployment, judge: Judge, aws: JudgedAws, bundleOf: (functionId: string) => string) {
    [this.deployment, this.judge, this.aws] = [deployment, judge, aws];
    this.#bundleOf = bundleOf;
  }

  /** Makes the tables of the template. */
  async createTables(client: DynamoDBClient): Promise<void> {
    for (const { id, properties } of this.deployment.ofType('AWS::DynamoDB::Table')) {
      const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = properties;
      const TableName = this.deployment.nameOf(id);
      await client.send(
        new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode }),
      );
    }
  }

  /** The Scheduler's event of that time: handed over with the schedule's role; what fails is reported with the function's. */
  async scheduled(schedule: string, at: Date): Promise<Outcome> {
    const { target, role, functionId } = this.#schedule(schedule);
    await this.#must(role, { action: 'lambda:InvokeFunction', resource: target.Arn });
    const time = at.toISOString().replace('.000Z', 'Z');
    const event: unknown = JSON.parse(target.Input.replace('<aws.scheduler.scheduled-time>', time));
    const outcome = await this.#invoke(functionId, event, at);
    if (outcome.error !== undefined) {
      const configured = this.deployment
        .ofType('AWS::Lambda::EventInvokeConfig')
        .find(({ properties }) => properties.FunctionName === this.deployment.nameOf(functionId));
      const resource = String(configured?.properties.DestinationConfig.OnFailure.Destination);
      await this.#must(this.#roleOf(functionId), { action: 'sqs:SendMessage', resource });
    }
    return outcome;
  }

  /** The Scheduler cannot hand its event over. */
  async undelivered(schedule: string): Promise<void> {
    const { target, role } = this.#schedule(schedule);
    await this.#must(role, { action: 'sqs:SendMessage', resource: target.DeadLetterConfig.Arn });
  }

  /** Asks the API, as somebody who has the policy for it. */
  async ask(method: string, path: string, at: Date, { query = '', body }: { query?: string; body?: unknown } = {}) {
    const [api] = this.deployment.ofType('AWS::ApiGatewayV2::Api');
    const resource = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${this.deployment.nameOf(api?.id ?? '')}/$default/${method}${path}`;
    await this.#must(this.deployment.only('AWS::IAM::ManagedPolicy', 'AuditTrailApiQueryAccess'), {
      action: 'execute-api:Invoke',
      resource,
    });
    const route = this.deployment.ofType('AWS::ApiGatewayV2::Route').find(({ properties: { RouteKey } }) => {
      const [verb, place = ''] = String(RouteKey).split(' ');
      return verb === method && (place === '/{proxy+}' || place === path);
    });
    const integration = this.deployment
      .ofType('AWS::ApiGatewayV2::Integration')
      .find(({ id }) => `integrations/${this.deployment.nameOf(id)}` === route?.properties.Target);
    const event = apiGatewayEvent(path, query);
    const http = { ...event.requestContext.http, method };
    const requestId = `request-${++this.#requests}`;
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const { answer, error } = await this.#invoke(
      this.deployment.idOf(String(integration?.properties.IntegrationUri)) ?? '',
      { ...event, ...given, requestContext: { ...event.requestContext, http, requestId } },
      at,
    );
    if (error !== undefined) throw new Error(error);
    const { statusCode, body: text } = answer as { statusCode: number; body: string };
    return { status: statusCode, text };
  }

  /** CloudFormation's request to the custom resource of a type; what it is told. */
  async customResource(type: string, RequestType: 'Create' | 'Update' | 'Delete', at: Date): Promise<unknown> {
    const [resource] = this.deployment.ofType(type);
    const { ServiceToken, ...ResourceProperties } = resource?.properties ?? {};
    const told: string[] = [];
    const formation = await takeAnswers(told);
    const request = { RequestType, ResponseURL: formation.url, StackId: 'stack', RequestId: 'request' };
    const event = { ...request, LogicalResourceId: resource?.id, ResourceType: type, ResourceProperties };
    await this.#invoke(this.deployment.idOf(String(ServiceToken)) ?? '', event, at);
    await formation.close();
    return JSON.parse(told.join());
  }

  /** Ends what runs: the next event starts its function anew. */
  async coldStart(): Promise<void> {
    for (const started of this.#processes.values()) {
      const child = await started;
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    this.#processes.clear();
  }

  async #invoke(functionId: string, event: unknown, at: Date): Promise<Outcome> {
    const { LoggingConfig } = this.#function(functionId);
    const stream = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${LoggingConfig.LogGroup}:log-stream:of-this-process`;
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
      await this.#must(this.#roleOf(functionId), { action, resource: stream });
    }
    const started = this.#processes.get(functionId) ?? this.#start(functionId);
    this.#processes.set(functionId, started);
    const child = await started;
    const answered = once(child, 'message', { signal: AbortSignal.timeout(REMAINING_MILLISECONDS) });
    child.send({ event, at: at.getTime(), remaining: REMAINING_MILLISECONDS });
    const [outcome] = (await answered) as [Outcome];
    return outcome;
  }

  /** With the environment of the template, and what Lambda adds. */
  async #start(functionId: string): Promise<ChildProcess> {
    const { Environment, Handler } = this.#function(functionId);
    const handler = String(Handler).replace('index.', '');
    const child = spawn(process.execPath, [PROCESS, this.#bundleOf(functionId), handler], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        ...Environment?.Variables,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: this.#roleOf(functionId),
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_ENDPOINT_URL: this.aws.url,
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      },
    });
    await once(child, 'message', { signal: AbortSignal.timeout(REMAINING_MILLISECONDS) });
    return child;
  }

  async #must(holder: string, need: Need): Promise<void> {
    if (!(await this.judge.allows(holder, need)))
      throw new Error(`${holder} may not do ${need.action} on ${need.resource}`);
  }

  #function(id: string) {
    const found = this.deployment.ofType(FUNCTION).find((one) => one.id === id);
    if (!found) throw new Error(`the template has no function ${id}`);
    return found.properties;
  }

  #roleOf(functionId: string): string {
    return this.deployment.idOf(String(this.#function(functionId).Role)) ?? '';
  }

  #schedule(prefix: string) {
    const id = this.deployment.only('AWS::Scheduler::Schedule', prefix);
    const found = this.deployment.ofType('AWS::Scheduler::Schedule').find((one) => one.id === id);
    const target = found?.properties.Target as Record<'Arn' | 'RoleArn' | 'Input', string> & {
      readonly DeadLetterConfig: { readonly Arn: string };
    };
    return {
      target,
      role: this.deployment.idOf(target.RoleArn) ?? '',
      functionId: this.deployment.idOf(target.Arn) ?? '',
    };
  }
}

/** The presigned address that CloudFormation waits at. */
function takeAnswers(told: string[]): Promise<LoopbackServer> {
  return serveOnLoopback((request, response) => {
    request.on('data', (piece: Buffer) => told.push(piece.toString())).on('end', () => response.end());
  });
}
