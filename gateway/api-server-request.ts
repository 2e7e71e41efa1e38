import type { IncomingMessage } from 'node:http';
import { MOST_BODY_BYTES } from '../lambda/export/request.ts';
import { methodRefused, Refusal } from './api-server-refusal.ts';

/** The longest URL. */
export const MOST_URL_BYTES = 16 * 1024;
/** No Request can be made with these (Fetch standard, forbidden methods). */
const UNKNOWN_TO_FETCH = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * The request for fetch-style apps, with its body in memory.
 *
 * @throws Refusal for a body over 4 MB, as soon as that is known, and for a method that no app is asked
 */
export async function toFetchRequest(incoming: IncomingMessage, url: string): Promise<Request> {
  const { method = 'GET', headersDistinct } = incoming;
  if (UNKNOWN_TO_FETCH.has(method)) throw methodRefused(method, 'GET, HEAD, POST');
  const headers = new Headers();
  for (const [name, values] of Object.entries(headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const body = await readBody(incoming);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, { method, headers, ...(hasBody ? { body } : {}) });
}

/** What is left of a body that is refused, Node reads and throws away, as long as a request may last. */
async function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(incoming.headers['content-length'] ?? 0) > MOST_BODY_BYTES) throw bodyTooLarge();
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > MOST_BODY_BYTES) reject(bodyTooLarge());
      else pieces.push(piece);
    });
    incoming.once('end', () => resolve(new Uint8Array(Buffer.concat(pieces))));
    incoming.once('error', reject);
    incoming.once('close', () => reject(new Error('the client went away')));
  });
}

function bodyTooLarge(): Refusal {
  return new Refusal('body-too-large', `Expected at most ${MOST_BODY_BYTES} bytes.`);
}
