import { getProxyForUrl } from 'proxy-from-env';
import { isLoopback } from '../loopback.ts';
import { WrongNetworkSetting } from './wrong-setting.ts';

/** A forward proxy, as the environment names it. */
export interface NamedProxy {
  /** With user and password, if it has them: for the proxy alone, never for people. */
  readonly url: URL;
  /** For people: its address without user and password, and the variable that names it. */
  readonly shown: string;
}

/** The variables that can name a proxy for addresses of a scheme, in the order of proxy-from-env. */
const variablesFor = (scheme: string) => [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`, 'all_proxy', 'ALL_PROXY'];

/**
 * The proxy to an address, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY of this process's environment, in upper or lower case;
 * undefined where it is asked directly. Addresses of this machine never go to a proxy.
 *
 * @throws WrongNetworkSetting
 */
export function proxyFor(address: string): NamedProxy | undefined {
  if (isLoopback(address) || getProxyForUrl(address) === '') return undefined;
  const variables = variablesFor(new URL(address).protocol.slice(0, -1));
  const variable = variables.find((name) => process.env[name]) ?? '';
  return readProxy(process.env[variable] ?? '', variable);
}

/** Like curl and the AWS CLI, a proxy without a scheme is asked over plain HTTP. */
function readProxy(given: string, variable: string): NamedProxy {
  const text = given.includes('://') ? given : `http://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !canDecode(url)) {
    throw new WrongNetworkSetting(
      `${variable} is "${withoutPassword(given)}"; expected the address of a proxy like http://proxy.example.com:3128.`,
    );
  }
  return { url, shown: `${url.protocol}//${url.host} (${variable})` };
}

/** User and password are decoded for the proxy; a lone % in them cannot be. */
function canDecode({ username, password }: URL): boolean {
  try {
    return decodeURIComponent(`${username}${password}`) !== undefined;
  } catch {
    return false;
  }
}

/** Also of what is no URL: everything before the last @ may be a password. */
const withoutPassword = (text: string) => text.replace(/^((?:[^/]*:\/\/)?).*@/s, '$1…@');
