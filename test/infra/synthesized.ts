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

/**
 * The stack as cdk.json's feature flags make it, from a configuration. Without the bundle and the CDK's own rules, which
 * take seconds; `npm run synth` has both.
 */
export function stackOf(config: Readonly<Record<string, unknown>> = {}): AuditTrailStack {
  const app = new App({
    outdir: mkdtempSync(join(assemblies, 'cdk.out-')),
    context: { ...featureFlags, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
  });
  return new AuditTrailStack(app, parseConfig(config));
}

const templates = new Map<string, Template>();

/** The template of {@link stackOf}, synthesized once for each configuration. */
export function templateOf(config: Readonly<Record<string, unknown>> = {}): Template {
  const key = JSON.stringify(config);
  const template = templates.get(key) ?? Template.fromStack(stackOf(config));
  templates.set(key, template);
  return template;
}

/** The resources of one type, by logical id. */
export function resourcesOf(template: Template, type: string): Record<string, Resource> {
  return template.findResources(type) as Record<string, Resource>;
}

/** The one resource of its type whose logical id begins so. @throws if there is none, or more than one */
export function resourceOf(template: Template, type: string, idPrefix: string): Resource {
  const found = Object.entries(resourcesOf(template, type)).filter(([id]) => id.startsWith(idPrefix));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`expected one ${type} ${idPrefix}…, found ${found.length}`);
  }
  return only[1];
}

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

/** What the policy may do whose logical id begins so, in that form, without the hashes that end the logical ids. */
export function permissionsOf(policyIdPrefix: string, config: Readonly<Record<string, unknown>> = {}): string[] {
  const { PolicyDocument } = resourceOf(templateOf(config), 'AWS::IAM::ManagedPolicy', policyIdPrefix).Properties;
  return allowances(PolicyDocument).map((line) =>
    line.replaceAll(
      /(?<=\{AuditTrail(?:Recorder|Schedule|Query|Api|Export|DailyExport|PublicKey)\w*?)[0-9A-F]{8}(?=[.}])/g,
      '',
    ),
  );
}

function conditionOf(condition: unknown): string {
  return Object.entries(condition as Record<string, Record<string, unknown>>)
    .flatMap(([operator, keys]) => Object.entries(keys).map(([key, value]) => `${key} ${operator} ${readable(value)}`))
    .join(' and ');
}

/** Who may invoke the function of this name by its resource policy: `principal action from source`, the API as `{Api}`. */
export function invocationsOf(name: string): string[] {
  const api = /^arn:\{AWS::Partition\}:execute-api:\{AWS::Region\}:\{AWS::AccountId\}:\{AuditTrailApi[0-9A-F]{8}\}/;
  return Object.values(resourcesOf(templateOf(), 'AWS::Lambda::Permission'))
    .filter(({ Properties }) => readable(Properties.FunctionName).startsWith(`{AuditTrail${name}Function`))
    .map(({ Properties: { Principal, Action, SourceArn } }) => {
      const source = readable(SourceArn).replace(api, '{Api}');
      return `${String(Principal)} ${String(Action)} from ${source}`;
    });
}
