import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { AuditTrailStack } from '../../../lib/audit-trail-stack.ts';
import { parseConfig } from '../../../lib/config.ts';
import type { Resource } from '../../infra/synthesized.ts';
import { startGuardedDynamoDb } from '../dynamodb/guard.ts';
import { RecordedTrail } from '../recording/recorded-trail.ts';
import { type LoopbackKms, startLoopbackKms } from '../servers/loopback-kms.ts';
import { type LoopbackS3, startLoopbackS3 } from '../servers/loopback-s3.ts';
import type { LoopbackServer } from '../servers/loopback-server.ts';
import { Deployment } from './deployment.ts';
import { type ForeignPolicy, Judge } from './judge.ts';
import { type Reader, startJudgedAws } from './judged-aws.ts';
import { RehearsedStack } from './rehearsed-stack.ts';

export interface Template {
  readonly Resources: Record<string, Resource>;
}

const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8'));

/** The servers on which stacks are rehearsed: started once, for several stacks. */
export class Rehearsal {
  /** What EC2 lists, and the store. */
  readonly trail: RecordedTrail;
  readonly s3: LoopbackS3;
  readonly kms: LoopbackKms;
  readonly stacks: RehearsedStack[] = [];
  readonly #dynamodb: LoopbackServer;
  readonly #folder: string;
  readonly #bundles = new Map<string, string>();

  private constructor(
    folder: string,
    trail: RecordedTrail,
    dynamodb: LoopbackServer,
    s3: LoopbackS3,
    kms: LoopbackKms,
  ) {
    [this.#folder, this.trail, this.#dynamodb, this.s3, this.kms] = [folder, trail, dynamodb, s3, kms];
  }

  /** @param folder for what is synthesized */
  static async start(folder: string): Promise<Rehearsal> {
    const [trail, s3, kms] = await Promise.all([RecordedTrail.start(), startLoopbackS3(), startLoopbackKms()]);
    return new Rehearsal(folder, trail, await startGuardedDynamoDb(trail.tables.endpoint), s3, kms);
  }

  /** The template of a configuration. The functions are bundled with the first: their code is the same with every configuration. */
  synthesize(config: Record<string, unknown>): Template {
    const outdir = mkdtempSync(join(this.#folder, 'rehearsal-'));
    const bundling = this.#bundles.size === 0 ? {} : { 'aws:cdk:bundling-stacks': [] };
    const app = new App({ outdir, context: { ...context, ...bundling }, builtinCloudFormationValidation: false });
    const { stackName } = new AuditTrailStack(app, parseConfig(config));
    const template = app.synth().getStackByName(stackName).template as Template;
    for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
      if (Type !== 'AWS::Lambda::Function' || this.#bundles.has(id)) continue;
      this.#bundles.set(id, join(outdir, `asset.${Properties.Code.S3Key.replace('.zip', '')}`, 'index.mjs'));
    }
    return template;
  }

  /**
   * Deploys a template: makes its tables and its keys.
   *
   * @param name begins the names of its resources
   * @param foreign policies of resources that it does not make, by their ARN
   * @param reader the role of another account that its recorder assumes
   */
  async deploy(
    name: string,
    template: Template,
    foreign?: ReadonlyMap<string, ForeignPolicy>,
    reader?: Reader,
  ): Promise<RehearsedStack> {
    const deployment = new Deployment(template, name);
    const judge = new Judge(deployment, foreign);
    const { trail, kms, s3 } = this;
    const backends = { dynamodb: this.#dynamodb.url, ec2: trail.ec2.url, kms: kms.url, s3, reader };
    const aws = await startJudgedAws(deployment, judge, backends);
    const stack = new RehearsedStack(deployment, judge, aws, (id) => this.bundleOf(id));
    this.stacks.push(stack);
    await stack.createTables(trail.tables.client);
    this.changeKeys(stack);
    return stack;
  }

  /** The file of a function's code. */
  bundleOf(functionId: string): string {
    return this.#bundles.get(functionId) ?? '';
  }

  /** Gives the stack's keys other material. */
  changeKeys({ deployment }: RehearsedStack): void {
    for (const { id } of deployment.ofType('AWS::KMS::Key')) {
      this.kms.keys.set(deployment.arnOf(id), generateKeyPairSync('ed25519').privateKey);
    }
  }

  async close(): Promise<void> {
    for (const stack of this.stacks) {
      await stack.coldStart();
      await stack.aws.close();
    }
    await Promise.all([this.trail.close(), this.#dynamodb.close(), this.s3.close(), this.kms.close()]);
  }
}
