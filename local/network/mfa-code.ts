import { getProfileName } from '@smithy/core/config';
import { CredentialsUnusable, profileOption } from './credentials-failure.ts';
import { type AskPerson, personToAsk } from './person.ts';

/** How long a person has to find the device and type the code: a recording waits no longer for someone who is not there. */
const CODE_MILLISECONDS = 120_000;
/** STS API reference, AssumeRole, TokenCode. */
const CODE = /^\d{6}$/;

/**
 * What asks the person for the code of an MFA device; one question at a time.
 *
 * It rejects with CredentialsUnusable.
 */
export function codeAsker(profile: string | undefined): (device: string) => Promise<string> {
  const ask = personToAsk();
  const name = getProfileName({ profile: profile ?? '' });
  let asking: Promise<string> | undefined;
  return (device) => {
    if (!ask) return Promise.reject(nobodyToAsk(name, device));
    asking ??= askForCode(ask, name, device).finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function askForCode(ask: AskPerson, profile: string, device: string): Promise<string> {
  const signal = AbortSignal.timeout(CODE_MILLISECONDS);
  const answer = await ask(`Code of the MFA device ${device} (profile ${profile}): `, signal).catch(() => undefined);
  const code = answer?.replaceAll(/\s/g, '');
  if (code !== undefined && CODE.test(code)) return code;
  const given = code
    ? 'What was given is none'
    : `None was given (there are ${CODE_MILLISECONDS / 60_000} minutes for it)`;
  throw new CredentialsUnusable(
    `The profile ${profile} needs a code of the MFA device ${device}: the six digits that it shows. ${given}. Try again.`,
  );
}

function nobodyToAsk(profile: string, device: string): CredentialsUnusable {
  return new CredentialsUnusable(
    `The profile ${profile} needs a code of the MFA device ${device}, and there is no terminal to ask on. Where there is one, run: eval "$(aws configure export-credentials${profileOption(profile)} --format env)". Then run this again without --profile and AWS_PROFILE, and with AWS_REGION.`,
  );
}
