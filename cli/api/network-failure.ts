import { isOfTheNetwork } from '../../local/network/failure.ts';
import { printable } from '../../words/printable.ts';
import { ApiFailure, Interrupted } from './api-failure.ts';
import type { ApiAddress } from './find-api.ts';

/** Broken connections are retried; refused ones and unknown hosts are not. */
const WORTH_ANOTHER_TRY = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'UND_ERR_SOCKET']);

/** Node's code of the network error; if it has none, its message. */
function networkCode(error: unknown): string {
  let words = String(error);
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, name, message } = cause as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
    if (name === 'TimeoutError' || name === 'AbortError') return name;
    words = message;
  }
  return printable(words);
}

/** Whether a retry may succeed. */
export function isWorthAnotherTry(error: unknown): boolean {
  return WORTH_ANOTHER_TRY.has(networkCode(error));
}

/**
 * Describes a network error on the way to the API.
 *
 * @param timeout - the timeout, in milliseconds
 */
export function networkFailure(error: unknown, { url, isSigned, region }: ApiAddress, timeout: number): Error {
  const because = (text: string) => new ApiFailure(text, { cause: error });
  if (isOfTheNetwork(error)) return because(printable(error.message));
  const code = networkCode(error);
  const { host, hostname } = new URL(url);
  if (code === 'AbortError') return new Interrupted('', { cause: error });
  if (code === 'TimeoutError') {
    return because(`The API at ${url} did not answer within ${timeout / 1000} s. Try again, or with a shorter window.`);
  }
  if (code === 'ECONNREFUSED') {
    return because(
      isSigned
        ? `${host} refused the connection. Check the API's address.`
        : `Nothing answers at ${url}. Is "cvpn-audit serve" running? For a deployed trail give --api URL or --stack NAME.`,
    );
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const where = region === undefined ? '' : ` and the Region in it (${region})`;
    return because(`There is no host ${hostname} (${code}). Check the API's address${where}, and the network.`);
  }
  if (/CERT|SELF_SIGNED|ERR_TLS/.test(code)) {
    return because(
      `The certificate of ${host} is not trusted (${code}). Check the API's address, and who is in between.`,
    );
  }
  return because(`The API at ${url} could not be reached (${code}). Check the network and try again.`);
}
