import { isIPv4 } from 'node:net';
import { isLoopback } from '../../local/loopback.ts';
import type { Terminal } from '../terminal.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { CredentialSource } from './credential-source.ts';
import { readStackOutputs } from './stack-output.ts';

/** The options that say where the API is and who asks it. */
export interface ApiOptions extends CredentialSource {
  readonly api?: string | undefined;
  readonly stack?: string | undefined;
}

/** Where the API is. */
export interface ApiAddress {
  readonly url: string;
  /** The AWS Region in its host name. */
  readonly region?: string;
  /** Whether queries are signed: everywhere except on this machine. */
  readonly isSigned: boolean;
}

/** The default address of `cvpn-audit serve`. */
export const LOCAL_API = 'http://127.0.0.1:8790';

/** `https://ID.execute-api.REGION.amazonaws.com`, and the same of a VPC endpoint or in another partition. */
const REGION_IN_HOST = /\.execute-api\.([a-z]{2}(?:-[a-z]+)+-\d)\./;

/**
 * Finds the API: `--api`, `--stack`, `CVPN_AUDIT_API`, the one on this machine. Warns of a Region that means nothing there.
 *
 * @throws WrongUsage for an invalid address, ApiFailure for a stack that cannot be read
 */
export async function findApi(
  options: ApiOptions,
  { env, notice }: Pick<Terminal, 'env' | 'notice'>,
): Promise<ApiAddress> {
  const address = await addressOf(options, env);
  if (options.region !== undefined && !address.isSigned) {
    notice(
      `--region ${options.region} says in which Region of AWS the API is, and has no effect on ${address.url}. Endpoints are chosen by --endpoint-region ${options.region}.`,
      'warning',
    );
  }
  return address;
}

async function addressOf(options: ApiOptions, env: NodeJS.ProcessEnv): Promise<ApiAddress> {
  const { api, stack, region } = options;
  if (api !== undefined && stack !== undefined) {
    throw new WrongUsage(`--api ${api} and --stack ${stack} were both given; expected one of them.`);
  }
  if (api !== undefined) return readAddress(api, '--api', region);
  if (stack !== undefined)
    return readAddress((await readStackOutputs(stack, options)).get('ApiUrl'), `The stack ${stack}`, region);
  const variable = env.CVPN_AUDIT_API;
  return variable ? readAddress(variable, 'CVPN_AUDIT_API', region) : readAddress(LOCAL_API, '--api', undefined);
}

function readAddress(text: string, from: string, region: string | undefined): ApiAddress {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new WrongUsage(
      `${from} names the address '${text}'; expected one like https://abc123.execute-api.eu-central-1.amazonaws.com, or ${LOCAL_API}.`,
    );
  }
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username || password || search || hash) {
    throw new WrongUsage(`${from} names an address with more than a host and a path; expected one like ${LOCAL_API}.`);
  }
  // A name like `127.example.com` is no address of this machine.
  const isHere = isLoopback(text) && (!hostname.startsWith('127.') || isIPv4(hostname));
  if (isHere) return { url: text, isSigned: false };
  if (protocol === 'http:') {
    throw new WrongUsage(
      `${from} names ${text}, which leads away from this machine in the clear, for everybody to read; expected https://.`,
    );
  }
  const found = REGION_IN_HOST.exec(hostname)?.[1];
  if (found !== undefined && region !== undefined && found !== region) {
    throw new WrongUsage(`--region ${region} was given, but ${from} names an address in ${found}. Leave --region out.`);
  }
  return { url: text, isSigned: true, ...(found === undefined ? {} : { region: found }) };
}
