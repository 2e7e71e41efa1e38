import { BootstraplessSynthesizer, CfnOutput, CfnParameter, type IStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EXTERNAL_ID, ROLE_ARN } from '../lambda/trail/role.ts';
import { READER_ROLE_NAME, ReaderRole, type ReaderRoleProps } from './constructs/reader-role.ts';
import { parseReader, READER_PREFIX, ROLE_NAME } from './reader-settings.ts';

/** The name of the stack that other accounts deploy. */
export const READER_STACK = 'ClientVpnAuditReader';

/**
 * What `-c cvpn-audit-reader:KEY=VALUE` gives for the reader's stack; undefined without any such key: then the trail is meant.
 *
 * @throws ConfigError that names each wrong key
 */
export function readerFromContext(context: Readonly<Record<string, unknown>>): ReaderRoleProps | undefined {
  const keys = Object.entries(context).filter(([key]) => key.startsWith(READER_PREFIX));
  if (keys.length === 0) return undefined;
  return parseReader(Object.fromEntries(keys.map(([key, value]) => [key.slice(READER_PREFIX.length), value])));
}

/**
 * What another account deploys to be recorded by a trail: {@link ReaderRole}, for all its Regions. It has no asset and needs no bootstrap.
 * Without props, they are the template's parameters: for a StackSet.
 */
export class ReaderStack extends Stack {
  constructor(scope: Construct, props?: ReaderRoleProps) {
    super(scope, READER_STACK, {
      description: 'Lets the recorder of a Client VPN audit trail in another account read the connections of this one',
      // The CDK's own types do not agree under exactOptionalPropertyTypes.
      synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
    });
    const { role } = new ReaderRole(this, 'Reader', props ?? this.#parameters());
    new CfnOutput(this, 'ReaderRoleArn', {
      description: 'What the trail takes as roleArn of a target',
      value: role.roleArn,
    }).overrideLogicalId('ReaderRoleArn');
  }

  #parameters(): ReaderRoleProps {
    const parameter = (name: string, description: string, form: RegExp, byDefault?: string) =>
      new CfnParameter(this, name, {
        description,
        allowedPattern: form.source,
        ...(byDefault === undefined ? {} : { default: byDefault }),
      }).valueAsString;
    return {
      recorderRoleArn: parameter('RecorderRoleArn', "The output RecorderRoleArn of the trail's stack", ROLE_ARN),
      externalId: parameter('ExternalId', "The trail's externalId", EXTERNAL_ID),
      roleName: parameter('RoleName', 'The name of the role, the same in all accounts', ROLE_NAME, READER_ROLE_NAME),
    };
  }
}
