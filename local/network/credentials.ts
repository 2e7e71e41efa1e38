import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { present } from '../../lambda/trail/present.ts';
import { explainCredentials } from './credentials-failure.ts';
import { codeAsker } from './mfa-code.ts';
import { sharedByTheCommand } from './person.ts';
import { networkHandler } from './request-handler.ts';

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
    const own = { requestHandler: networkHandler({ profile }) };
    const find = fromNodeProviderChain({
      ...present({ profile }),
      clientConfig: own,
      parentClientConfig: own,
      mfaCodeProvider: codeAsker(profile),
    });
    return async (given) => {
      try {
        return await find(given);
      } catch (error) {
        throw await explainCredentials(error, profile);
      }
    };
  });
}
