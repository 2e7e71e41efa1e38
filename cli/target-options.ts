import { type Command, InvalidArgumentError } from 'commander';
import type { RecorderOptions } from '../lambda/recorder/recorder.ts';
import type { Target } from '../lambda/recorder/target.ts';
import { ACCOUNT_ID, REGION_NAME } from '../lambda/trail/owner.ts';
import { accountOfRole, EXTERNAL_ID, ROLE_ARN } from '../lambda/trail/role.ts';
import { WrongUsage } from './wrong-usage.ts';

/** What to record instead of the account and Region of the environment, as given on the command line. */
export interface TargetOptions {
  readonly target?: { readonly account: string; readonly region: string };
  readonly roleArn?: string;
  readonly externalId?: string;
}

/** Adds the options that name a target; they are those of the deployment's `targets`. */
export function withTargetOptions(command: Command): Command {
  return command
    .option('--target <account/region>', 'another account or Region to record, like 111122223333/us-east-1', readTarget)
    .option('--role-arn <arn>', 'role of that account to assume (ClientVpnAuditReader)', readRole)
    .option('--external-id <id>', 'what the role demands', readExternalId);
}

function readTarget(text: string): TargetOptions['target'] {
  const [account = '', region = '', ...more] = text.split('/');
  if (ACCOUNT_ID.test(account) && REGION_NAME.test(region) && more.length === 0) return { account, region };
  throw new InvalidArgumentError('Expected an account and a Region, like 111122223333/us-east-1.');
}

function readExternalId(text: string): string {
  if (EXTERNAL_ID.test(text)) return text;
  throw new InvalidArgumentError('Expected 2 to 1224 letters, digits or any of _+=,.@:/-.');
}

function readRole(text: string): string {
  if (ROLE_ARN.test(text)) return text;
  throw new InvalidArgumentError(
    'Expected the ARN of a role, like arn:aws:iam::111122223333:role/ClientVpnAuditReader.',
  );
}

/**
 * The target that the command line names; undefined for the account and Region of the environment.
 *
 * @throws WrongUsage for options that contradict each other
 */
export function targetOf(
  { target, roleArn, externalId }: TargetOptions,
  endpoints: RecorderOptions['ENDPOINTS'],
): Target | undefined {
  if (externalId !== undefined && roleArn === undefined) {
    throw new WrongUsage('--external-id is for a role; give --role-arn too, or leave it out.');
  }
  if (target && roleArn !== undefined && accountOfRole(roleArn) !== target.account) {
    throw new WrongUsage(
      `--target is of account ${target.account}, and the role ${roleArn} of account ${accountOfRole(roleArn)}; give a role of the target's account.`,
    );
  }
  if (!target && roleArn === undefined) return undefined;
  return {
    ...target,
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(endpoints === 'all' ? {} : { endpoints: [...endpoints] }),
  };
}
