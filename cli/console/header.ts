import manifest from '../../package.json' with { type: 'json' };
import type { ApiAddress } from '../api/find-api.ts';

/** AWS's tools need a Region to work at all; none is asked here. */
const SOME_REGION = 'eu-central-1';

/**
 * What `console` says first.
 *
 * @param here - its own address, with the token
 */
export function consoleHeader({ url, region = SOME_REGION, isSigned }: ApiAddress, here: string): string[] {
  return [
    `cvpn-audit ${manifest.version} answers for the trail at ${url}${isSigned ? ', with your AWS credentials' : ''}`,
    `  address   ${here}`,
    '',
    'Whoever knows this address may ask, in your name, until you stop it: keep it to yourself.',
    '',
    'What to try next, in another terminal:',
    `  curl ${here}/endpoints`,
    "AWS's own command, for all that the trail remembers (any credentials will do):",
    `  AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any aws ec2 describe-client-vpn-endpoints --region ${region} --endpoint-url ${here}`,
    '',
    'Ctrl-C stops.',
    '',
  ];
}
