import { getProfileName, parseKnownFiles } from '@smithy/core/config';
import { toError } from '../../lambda/trail/to-error.ts';
import { isOfTheNetwork } from './failure.ts';

/** There are no credentials that AWS takes. The message says why, and what to do. */
export class CredentialsUnusable extends Error {
  /** As the SDK calls it: the recorder knows it by that. */
  override readonly name = 'CredentialsProviderError';
}

/** How credentials are given, for the end of a message. */
export const GIVE_CREDENTIALS =
  'Give them as for the AWS CLI: --profile NAME (where the command has it) or AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "aws sso login".';

/** A profile of the AWS CLI's files: its keys and values. */
type Profile = Readonly<Record<string, string | undefined>>;

/** The option that names a profile to the AWS CLI. */
export const profileOption = (name: string) => (name === 'default' ? '' : ` --profile ${name}`);

/** Says why the SDK found no credentials, by its words and what the profile holds, and what to do. */
export async function explainCredentials(thrown: unknown, given: string | undefined): Promise<Error> {
  const error = toError(thrown);
  if (error instanceof CredentialsUnusable || isOfTheNetwork(error)) return error;
  const name = getProfileName({ profile: given ?? '' });
  const profiles: Readonly<Record<string, Profile>> = await parseKnownFiles({}).catch(() => ({}));
  const isNamed = given !== undefined || Boolean(process.env.AWS_PROFILE);
  const words = withoutAdvice(error.message);
  const found = profiles[name];
  const said =
    found === undefined && isNamed
      ? noSuchProfile(name, Object.keys(profiles))
      : (ofProfile(error, words, name, found ?? {}) ?? noneFound(words));
  return new CredentialsUnusable(said, { cause: error });
}

/** The SDK's own advice leaves out the profile's name. */
const withoutAdvice = (text: string) => text.replace(/\.? To refresh this SSO session.*$/s, '').trim();

function noSuchProfile(name: string, others: readonly string[]): string {
  const known = others.length === 0 ? 'which have none' : `which have ${others.toSorted().join(', ')}`;
  return `There are no usable AWS credentials (there is no profile ${name} in the AWS CLI's files, ${known}). Check --profile and AWS_PROFILE. ${GIVE_CREDENTIALS}`;
}

function ofProfile({ name: kind, message }: Error, words: string, name: string, profile: Profile): string | undefined {
  if (/MultiFactorAuthentication failed/.test(message)) {
    return `AWS did not accept the code of the MFA device ${profile.mfa_serial} (${words}). A code counts once, and for half a minute: wait for the next one, and try again.`;
  }
  const isSso = profile.sso_session !== undefined || profile.sso_start_url !== undefined;
  if (isSso && /SSO session|Session token|Token is expired|UnauthorizedException/i.test(`${kind} ${message}`)) {
    return `The AWS credentials have expired: the profile ${name} has no valid session with IAM Identity Center (${words}). Begin one: aws sso login${profileOption(name)}`;
  }
  if (profile.login_session !== undefined && /authenticate|load token/i.test(message)) {
    return `The AWS credentials have expired: the profile ${name} has no valid session (${words}). Begin one: aws login${profileOption(name)}`;
  }
  if (/expired/i.test(`${kind} ${message}`)) {
    return `The AWS credentials have expired (${words}). Renew them, or give others. ${GIVE_CREDENTIALS}`;
  }
  if (profile.role_arn !== undefined && /AccessDenied/.test(kind)) {
    return `AWS does not let the profile ${name} assume its role ${profile.role_arn} (${words}). Who asks needs sts:AssumeRole on it, and its trust policy must name who asks.`;
  }
  return undefined;
}

function noneFound(words: string): string {
  const tried = /Could not load credentials from any providers|Instance Metadata Service access disabled/i.test(words)
    ? 'neither the environment, nor a profile, nor a web identity token, nor the metadata of a container or an instance has any'
    : words;
  return `There are no usable AWS credentials (${tried}). ${GIVE_CREDENTIALS}`;
}
