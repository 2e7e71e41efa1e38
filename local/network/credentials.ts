import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { getProfileName, parseKnownFiles } from '@smithy/core/config';
import { present } from '../../lambda/trail/present.ts';
import { explainCredentials } from './credentials-failure.ts';
import { isOfTheNetwork } from './failure.ts';
import { codeAsker } from './mfa-code.ts';
import { sharedByTheCommand } from './person.ts';
import { type Handler, networkHandler } from './request-handler.ts';

type Provider = ReturnType<typeof fromNodeProviderChain>;

/**
 * Finds the usual AWS credentials, like the AWS CLI: of the profile, of the environment, or of where this machine runs. Whatever is
 * asked for that (STS, IAM Identity Center), is asked through the network as it is set up here. A profile with `mfa_serial`
 * asks the person; within one run of the command once, whatever number of clients needs them.
 *
 * The provider rejects with CredentialsUnusable, NetworkFailure and WrongNetworkSetting.
 */
export function usualCredentials(profile: string | undefined): Provider {
  return sharedByTheCommand(profile, () => {
    // Some of the SDK's providers take the one, some the other.
    const { own, takeFailure } = rememberingFailures(networkHandler({ profile }));
    const find = fromNodeProviderChain({
      ...present({ profile }),
      clientConfig: own,
      parentClientConfig: own,
      mfaCodeProvider: codeAsker(profile),
    });
    return async (given) => {
      try {
        await findSource(profile, own);
        return await find(given);
      } catch (error) {
        throw takeFailure() ?? (await explainCredentials(error, profile));
      }
    };
  });
}

/** Some of the SDK's providers hand on the words of an error alone, of which it cannot be told where they come from. */
function rememberingFailures(handler: Handler) {
  let failure: Error | undefined;
  const handle: Handler['handle'] = async (...request) => {
    failure = undefined;
    try {
      return await handler.handle(...request);
    } catch (error) {
      if (isOfTheNetwork(error)) failure = error;
      throw error;
    }
  };
  const takeFailure = () => {
    const taken = failure;
    failure = undefined;
    return taken;
  };
  return { own: { requestHandler: { ...handler, handle } }, takeFailure };
}

/**
 * Finds the credentials that a code of an MFA device goes with. The SDK looks for them while it asks for the code, and what fails in that time
 * ends the process, because nobody waits for it yet; and a code is not worth asking for without them.
 */
async function findSource(given: string | undefined, own: { readonly requestHandler: Handler }): Promise<void> {
  const { AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  // Keys of the environment go before the profile default.
  if (!(given ?? AWS_PROFILE) && AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) return;
  const profiles = await parseKnownFiles({});
  const name = getProfileName({ profile: given ?? '' });
  const { mfa_serial, source_profile: source } = profiles[name] ?? {};
  if (mfa_serial === undefined || source === undefined || source === name || profiles[source]?.mfa_serial) return;
  await fromIni({ profile: source, clientConfig: own, parentClientConfig: own })();
}
