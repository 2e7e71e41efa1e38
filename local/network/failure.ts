import { toError } from '../../lambda/trail/to-error.ts';
import type { Authorities } from './authorities.ts';
import type { NamedProxy } from './proxy.ts';
import { WrongNetworkSetting } from './wrong-setting.ts';

/** What was on the way of a request. */
export interface Way {
  /** The host that was asked. */
  readonly host: string;
  readonly proxy: NamedProxy | undefined;
  readonly authorities: Authorities | undefined;
}

/** The network between here and there did not let a request through. The message says where it ended and what to do. */
export class NetworkFailure extends Error {
  /** The SDK decides by it, and by the code, whether to try again. */
  override readonly name: string;
  /** Node's code of the error, or one of ours for what a proxy answers. */
  readonly code: string;
  /** Whether it stays so until somebody changes a setting. */
  readonly isLasting: boolean;

  constructor(message: string, { name, code, isLasting }: { name: string; code: string; isLasting: boolean }) {
    super(message);
    this.name = name;
    this.code = code;
    this.isLasting = isLasting;
  }
}

/** Whether an error says by itself where on the way it is, or which setting is wrong, and what to do. */
export function isOfTheNetwork(error: unknown): error is NetworkFailure | WrongNetworkSetting {
  return error instanceof NetworkFailure || error instanceof WrongNetworkSetting;
}

/** Whether an error stays until somebody changes a setting of the network. */
export function isWronglySetUp(error: unknown): boolean {
  return isOfTheNetwork(error) && (error instanceof WrongNetworkSetting || error.isLasting);
}

/** What hpagent says of a proxy that answers CONNECT with anything but 200. */
const REFUSED_TUNNEL = /^Bad response: (\d+)$/;
const NOT_TRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;
/** Codes of Node's errors before there is a connection. */
const NOT_REACHED = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/;
/** A TLS record was expected, and something else came: a proxy named as https:// which speaks HTTP, or the other way round. */
const NOT_TLS = /^(?:EPROTO|ERR_SSL_.*|HPE_.*)$/;

/** Says where on the way a request ended, and what to do; an error that says so itself comes back as it is. */
export function explainNetworkError(thrown: unknown, { host, proxy, authorities }: Way): Error {
  const error = toError(thrown) as NodeJS.ErrnoException;
  const { name, code = '', message } = error;
  const failure = (words: string, isLasting: boolean, shown = code) =>
    Object.assign(new NetworkFailure(words, { name, code: shown, isLasting }), { cause: error });
  if (NOT_TRUSTED.test(code)) return failure(notTrusted(host, proxy, authorities, code), true);
  if (!proxy) return error;
  const status = REFUSED_TUNNEL.exec(message)?.[1];
  if (status !== undefined) return refusedByProxy(Number(status), host, proxy);
  if (name === 'TimeoutError' && code === '') {
    return failure(`The proxy ${proxy.shown} did not lead to ${host} in time. ${ASK_WHO_RUNS_IT}`, false, 'ETIMEDOUT');
  }
  if (NOT_REACHED.test(code)) {
    return failure(`The proxy ${proxy.shown} cannot be reached (${code}). Check the variable, and the network.`, false);
  }
  if (NOT_TLS.test(code)) {
    return failure(
      `On the way to ${host} the proxy ${proxy.shown} did not speak the protocol of its address (${code}). Is it http:// or https://?`,
      true,
    );
  }
  return error;
}

const ASK_WHO_RUNS_IT = 'Ask who runs it, or name the hosts that need none in NO_PROXY.';

/**
 * A proxy that wants to know who asks (407) or does not let through says so for good; others (5xx) may do better next time.
 *
 * @param status - of the proxy's answer
 */
export function refusedByProxy(status: number, host: string, { shown, url }: NamedProxy): NetworkFailure {
  const isLasting = status < 500;
  const given = url.username === '' ? 'none is given' : 'those given are not accepted';
  const why =
    status === 407
      ? `wants a user and a password (407), and ${given}. Name them in the variable: http://USER:PASSWORD@HOST:PORT, with % codes for special characters.`
      : `did not lead to ${host} (it answered ${status}). ${ASK_WHO_RUNS_IT}`;
  return new NetworkFailure(`The proxy ${shown} ${why}`, {
    name: 'ProxyRefused',
    // A code by which the SDK and this command try again, and one by which they do not.
    code: isLasting ? 'ERR_PROXY_REFUSED' : 'ECONNRESET',
    isLasting,
  });
}

function notTrusted(
  host: string,
  proxy: NamedProxy | undefined,
  authorities: Authorities | undefined,
  code: string,
): string {
  const through = proxy ? `, reached through the proxy ${proxy.shown},` : '';
  const trusted = authorities ? `, not even with ${authorities.shown}` : '';
  return `The certificate of ${host}${through} is not trusted (${code})${trusted}. If a proxy of your company looks into TLS, name its authority's certificate (a file in PEM) in AWS_CA_BUNDLE, or as ca_bundle in the profile; otherwise check the address, and who is in between.`;
}
