import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { inject } from 'vitest';
import { AuditTrailStack } from '../../lib/audit-trail-stack.ts';
import { parseConfig } from '../../lib/config.ts';

const { context: featureFlags } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

const assemblies = inject('assemblies');

/** A resource of a synthesized template. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation has no types, and a test that reads it wrongly fails.
  readonly Properties: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

type Config = Readonly<Record<string, unknown>>;

/** An existing key of KMS. */
export const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
/** The keys of the configuration that name existing tables. */
export const TABLE_NAMES = { snapshotsTableName: 'Old', connectionsTableName: 'Rebuilt', accessesTableName: 'Notes' };

/**
 * The stack as cdk.json's feature flags make it, from a configuration. Without the bundle and the CDK's own rules, which
 * take seconds; `npm run synth` has both.
 */
export function stackOf(config: Config = {}): AuditTrailStack {
  const app = new App({
    outdir: mkdtempSync(join(assemblies, 'cdk.out-')),
    context: { ...featureFlags, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
  });
  return new AuditTrailStack(app, parseConfig(config));
}

const templates = new Map<string, Template>();

/** The template of {@link stackOf}, synthesized once for each configuration. */
export function templateOf(config: Config = {}): Template {
  const key = JSON.stringify(parseConfig(config));
  const template = templates.get(key) ?? Template.fromStack(stackOf(config));
  templates.set(key, template);
  return template;
}

/** The resources of one type, by logical id, of a template or of the one for a configuration. */
export function resourcesOf(type: string, of: Config | Template = {}): Record<string, Resource> {
  return (of instanceof Template ? of : templateOf(of)).findResources(type) as Record<string, Resource>;
}

/** The properties of each resource of one type. */
export const propertiesOf = (type: string, of: Config | Template = {}) =>
  Object.values(resourcesOf(type, of)).map(({ Properties }) => Properties);

/** The one resource of its type whose logical id begins so. @throws if there is none, or more than one */
export function resourceOf(type: string, idPrefix: string, config: Config = {}): Resource {
  const found = Object.entries(resourcesOf(type, config)).filter(([id]) => id.startsWith(idPrefix));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`expected one ${type} ${idPrefix}…, found ${found.length}`);
  }
  return only[1];
}

/** The properties of the function of this name. */
export const functionOf = (name: string, config: Config = {}) =>
  resourceOf('AWS::Lambda::Function', `AuditTrail${name}Function`, config).Properties;

/** The environment of the function of this name. */
export const environmentOf = (name: string, config: Config = {}) => functionOf(name, config).Environment.Variables;

/** The alarms by their names. */
export function alarmsOf(of: Config | Template = {}): Record<string, Resource['Properties']> {
  const alarms = Object.entries(resourcesOf('AWS::CloudWatch::Alarm', of));
  return Object.fromEntries(
    alarms.map(([id, { Properties }]) => [id.replaceAll(/^AuditTrail(Query|Export)?Alarms|.{8}$/g, ''), Properties]),
  );
}

/** The alarm of this name, of which the test says what it has. */
export const alarmOf = (name: string, config: Config = {}) => alarmsOf(config)[name] ?? {};

/** An intrinsic as one readable text: `{GetAtt Queue.Arn}`, `arn:{AWS::Partition}:…`. */
export function readable(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  const [kind = '', argument] = Object.entries(value)[0] ?? [];
  switch (kind) {
    case 'Ref':
      return `{${String(argument)}}`;
    case 'Fn::GetAtt':
      return `{${(argument as string[]).join('.')}}`;
    case 'Fn::Join':
      return (argument as [string, unknown[]])[1].map(readable).join((argument as [string, unknown[]])[0]);
    default:
      return JSON.stringify(value);
  }
}

/** The same without the stack's construct and the hashes that end logical ids: `{Queue.Arn}`. */
export const plain = (value: unknown): string =>
  readable(value).replaceAll(/\{AuditTrail(\w+?)[0-9A-F]{8}(?=[.}])/g, '{$1');

/** A policy document's statements, one line an action and resource: what a role may do, in a form to compare whole. */
export function allowances({ Statement }: { readonly Statement: readonly Record<string, unknown>[] }): string[] {
  return Statement.flatMap(({ Effect, Action, Resource, Condition }) =>
    [Action]
      .flat()
      .flatMap((action) =>
        [Resource]
          .flat()
          .map(
            (resource) =>
              `${String(Effect)} ${String(action)} on ${readable(resource)}${Condition === undefined ? '' : ` if ${conditionOf(Condition)}`}`,
          ),
      ),
  ).sort();
}

/** What the policy may do whose logical id begins so, in that form, with {@link plain} names. */
export function permissionsOf(policyIdPrefix: string, config: Config = {}): string[] {
  const { PolicyDocument } = resourceOf('AWS::IAM::ManagedPolicy', policyIdPrefix, config).Properties;
  return allowances(PolicyDocument).map(plain);
}

function conditionOf(condition: unknown): string {
  return Object.entries(condition as Record<string, Record<string, unknown>>)
    .flatMap(([operator, keys]) => Object.entries(keys).map(([key, value]) => `${key} ${operator} ${readable(value)}`))
    .join(' and ');
}
