import { runSimulation } from '@cloud-copilot/iam-simulate';
import { allowances } from '../../infra/synthesized.ts';
import { ACCOUNT, type Deployment } from './deployment.ts';

/** What a request must be allowed: one action on one resource. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that AWS fills from the request. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Something that a policy allows: one action on one resource. */
export interface Allowance {
  /** Logical id of the role, or of the policy that is attached to no role. */
  readonly holder: string;
  /** `Allow s3:GetObject on ArchiveBucket/keys/* if …`, without what is the same in every deployment. */
  readonly text: string;
}

/** A policy that is not in the template, of a resource of an account. */
export interface ForeignPolicy {
  readonly account: string;
  readonly policy: unknown;
  /** The name in {@link Allowance}s. */
  readonly alias?: string;
}

type Statement = Record<string, unknown> & { readonly Sid?: string };
type Policy = { readonly Statement: readonly Statement[] };

const MANAGED_POLICY = 'AWS::IAM::ManagedPolicy';

/** Decides requests by the policies of a template, with an evaluation of IAM policies that is not ours, and notes which of them were needed. */
export class Judge {
  /** What is going on: noted with what it needs. */
  event = '';
  /** All that has gone on and needed something, in this order. */
  readonly events = new Set<string>();
  /** What was not allowed, since somebody emptied it. */
  readonly refused: string[] = [];
  /** The statement (`Sid`) that all policies are without for a while. */
  without: string | undefined;
  readonly #deployment: Deployment;
  readonly #foreign: ReadonlyMap<string, ForeignPolicy>;
  readonly #holders = new Map<string, { allowances: Allowance[]; statements: Statement[] }>();
  readonly #needed = new Map<Allowance, Set<string>>();
  /** The policies stay as they are: what is asked again is decided as before. */
  readonly #simulated = new Map<string, Promise<{ isAllowed: boolean; by: string[] }>>();

  /** @param foreign policies of resources that the template does not make, by their ARN */
  constructor(deployment: Deployment, foreign: ReadonlyMap<string, ForeignPolicy> = new Map()) {
    this.#deployment = deployment;
    this.#foreign = foreign;
    const attached = new Set<string>();
    for (const { id, properties } of deployment.ofType('AWS::IAM::Role')) {
      const policies = (properties.ManagedPolicyArns as string[]).map((arn) => deployment.idOf(arn) ?? arn);
      for (const policy of policies) attached.add(policy);
      this.#hold(id, policies);
    }
    for (const { id } of deployment.ofType(MANAGED_POLICY)) if (!attached.has(id)) this.#hold(id, [id]);
  }

  /** All that the policies allow, and the events that needed each so far. */
  get allowances(): ReadonlyMap<Allowance, ReadonlySet<string>> {
    return this.#needed;
  }

  /** Whether the role, or whoever has the policy that is attached to no role, may do it. @throws where AWS knows no such request */
  async allows(holder: string, { action, resource, context = {} }: Need): Promise<boolean> {
    const held = this.#holders.get(holder);
    if (!held) throw new Error(`nobody is ${holder}`);
    const request = JSON.stringify([holder, this.without, action, resource, context]);
    const simulated =
      this.#simulated.get(request) ?? this.#simulate(holder, held.statements, { action, resource, context });
    this.#simulated.set(request, simulated);
    const { isAllowed, by } = await simulated;
    for (const sid of by) {
      const allowance = held.allowances[Number(sid.replace(/^\D+/, ''))];
      if (!isAllowed || !allowance || this.without !== undefined) continue;
      this.#needed.get(allowance)?.add(this.event);
      this.events.add(this.event);
    }
    if (!isAllowed) this.refused.push(`${holder}: ${action} on ${resource}`);
    return isAllowed;
  }

  async #simulate(holder: string, statements: readonly Statement[], { action, resource, context }: Need) {
    const { account, policy } = this.#policyOf(resource);
    const principal = `arn:aws:iam::${ACCOUNT}:role/${this.#deployment.nameOf(holder)}`;
    const simulated = await runSimulation(
      {
        request: {
          principal,
          action,
          resource: { resource, accountId: account },
          contextVariables: { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': principal, ...context },
        },
        identityPolicies: [{ name: holder, policy: { Version: '2012-10-17', Statement: this.#inForce(statements) } }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: policy,
      },
      {},
    );
    if (simulated.resultType !== 'single') throw new Error(`${action} on ${resource}: ${JSON.stringify(simulated)}`);
    return {
      isAllowed: simulated.overallResult === 'Allowed',
      /** The statements that allow it. */
      by: (simulated.result.analysis.identityAnalysis?.allowStatements ?? []).map(
        ({ explain }) => explain.identifier ?? '',
      ),
    };
  }

  #inForce(statements: readonly Statement[]): Statement[] {
    return statements.filter(({ Sid }) => Sid?.replace(/\d+$/, '') !== this.without);
  }

  /** Each action on each resource is a statement of its own, so that the simulator says which of them it was. */
  #hold(holder: string, policies: readonly string[]): void {
    const documents = policies.map((id) => this.#deployment.rawProperties(id).PolicyDocument as Policy);
    const single = documents.flatMap(({ Statement }) =>
      Statement.flatMap((statement) =>
        [statement.Action]
          .flat()
          .flatMap((Action) => [statement.Resource].flat().map((Resource) => ({ ...statement, Action, Resource }))),
      ),
    );
    const all = single.map((statement) => ({
      holder,
      text: this.#short(allowances({ Statement: [statement] })[0] ?? ''),
    }));
    const statements = single.map((statement, index) => ({
      ...(this.#deployment.resolve(statement) as Statement),
      Sid: `${statement.Sid}${index}`,
    }));
    for (const allowance of all) this.#needed.set(allowance, new Set());
    this.#holders.set(holder, { allowances: all, statements });
  }

  /** The resource's own policy, and whose it is. */
  #policyOf(resource: string): ForeignPolicy {
    const whole = resource.replace(/^(arn:aws:s3:::[^/]+)\/.*$/, '$1');
    const foreign = this.#foreign.get(whole);
    if (foreign) return foreign;
    const id = this.#deployment.idOf(whole);
    const name = id && this.#deployment.nameOf(id);
    const ofBucket = this.#deployment
      .ofType('AWS::S3::BucketPolicy')
      .find(({ properties }) => properties.Bucket === name);
    const ofKey = this.#deployment.ofType('AWS::KMS::Key').find((key) => key.id === id)?.properties
      .KeyPolicy as unknown;
    const ofQueue = this.#deployment
      .ofType('AWS::SQS::QueuePolicy')
      .find(({ properties }) => (properties.Queues as string[]).includes(name ?? ''));
    return { account: ACCOUNT, policy: ofKey ?? (ofBucket ?? ofQueue)?.properties.PolicyDocument };
  }

  /** Without what is the same in every deployment: who made the resource, and what makes its ARN one of this account. */
  #short(allowance: string): string {
    let text = allowance
      .replaceAll(/\{AuditTrail(\w+?)[0-9A-F]{8}(?:\.Arn)?\}/g, '$1')
      .replaceAll(/arn:\{AWS::Partition\}:[\w-]+:(?:\{AWS::Region\})?:(?:\{AWS::AccountId\})?:/g, '');
    for (const [arn, { alias }] of this.#foreign) if (alias) text = text.replace(arn.replace(/^.*:/, ''), alias);
    return text;
  }
}
