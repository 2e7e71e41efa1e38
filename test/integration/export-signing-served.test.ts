import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { createApi } from '../../cli/api/client.ts';
import { createRawAsk } from '../../cli/console/raw-ask.ts';
import { consoleRoutes } from '../../cli/console/routes.ts';
import { startApiServer } from '../../gateway/api-server.ts';
import type { ExportRequest } from '../../lambda/export/request.ts';
import { openManifest, type SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { startLocalApi } from '../../local/local-api.ts';
import { NOW } from '../support/command/asked-api.ts';
import { REQUEST, SigningTrail, signingPorts } from '../support/exports/export-signing.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { type SeenQuestion, startTestApi } from '../support/servers/api-server.ts';
import { expectedSignature } from '../support/servers/expected-signature.ts';

const CREDENTIALS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const TOKEN = 'a-token';
const signal = new AbortController().signal;
const PORTS = { now: () => NOW, pause: async () => {}, timeout: () => signal, signal };
const signed = z.looseObject({ signature: z.string() });

const open = <T extends { close(): Promise<void> }>(one: T): T => {
  onTestFinished(() => one.close());
  return one;
};
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
});
afterEach(() => vi.unstubAllEnvs());

/** Sends a document as the command line does. */
const send = (url: string, document: unknown = REQUEST, isSigned = false) =>
  createApi({ url, isSigned, ...(isSigned ? { region: 'eu-central-1' } : {}) }, {}, PORTS).send(
    ['exports'],
    document,
    signed,
  );

/** A trail of this machine, as `serve` serves it. */
async function serveTrail() {
  const trail = open(await RecordedTrail.start());
  const signing = await SigningTrail.over(trail);
  trail.rows = { [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:58:34')] };
  await trail.recordTimes(1);
  const api = open(await startLocalApi({ ...signingPorts(trail, signing.errors), port: 0 }));
  return { trail, signing, url: api.url };
}

/** As `console` serves the API at an address. */
async function serveConsole(url: string, isSigned = false) {
  const ask = createRawAsk({ url, isSigned, ...(isSigned ? { region: 'eu-central-1' } : {}) }, {}, PORTS);
  const respond = consoleRoutes({ ask, now: () => NOW, onError: () => {}, region: 'eu-central-1', commandOptions: [] });
  const { url: console } = open(await startApiServer({ port: 0, respond, token: TOKEN, onError: () => {} }));
  return console;
}

describe('a trail of this machine', () => {
  it('signs exports with its own key, as the user that it runs as', async () => {
    const { trail, signing, url } = await serveTrail();
    const answer = (await send(url)) as unknown as SignedManifest;
    const { exportedBy, rows } = openManifest(answer, [await trail.signer.publicKey()]);
    expect({ exportedBy, rows }).toEqual({ exportedBy: expect.stringMatching(/^local:./), rows: 17 });
    expect(await signing.accesses()).toMatchObject([{ principal: exportedBy, rows: 17 }]);
  });

  it('answers through the console too, where the token comes along', async () => {
    const { trail, url } = await serveTrail();
    const console = await serveConsole(url);
    const answer = (await send(`${console}/t/${TOKEN}`)) as unknown as SignedManifest;
    expect(openManifest(answer, [await trail.signer.publicKey()]).rows).toBe(17);
    await expect(send(console)).rejects.toThrow('Expected the token');
  });

  it('says to its caller what is wrong with a body', async () => {
    const { url } = await serveTrail();
    await expect(send(url, { ...REQUEST, rows: -1 })).rejects.toThrow(
      `The API at ${url} does not take what it was sent (rows: expected a whole number, not negative). Is it as new`,
    );
    await expect(send(url, { ...REQUEST, exporter: 'x'.repeat(2 ** 22) })).rejects.toThrow('at most 4194304 bytes');
  });

  it('signs nothing for a page of another site', async () => {
    const { signing, url } = await serveTrail();
    const headers = { origin: 'https://evil.example', 'content-type': 'text/plain' };
    const answer = await fetch(`${url}/exports`, { method: 'POST', headers, body: JSON.stringify(REQUEST) });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await signing.accesses()).toEqual([]);
  });

  it.each(['PUT', 'DELETE', 'GET'])('has nothing for %s there', async (method) => {
    const { signing, url } = await serveTrail();
    const answer = await fetch(`${url}/exports`, { method });
    expect(answer.ok).toBe(false);
    expect(await signing.accesses()).toEqual([]);
  });
});

describe('a deployed API', () => {
  const names: ExportRequest = { ...REQUEST, question: { ...REQUEST.question, user: ['Zoë “\u{1F600}”', 'a/b+c'] } };

  it.each([
    ['the command', async (url: string) => send(url, names, true)],
    ['the console', async (url: string) => send(`${await serveConsole(url, true)}/t/${TOKEN}`, names)],
  ])('is sent the document by %s with a signature over it', async (_, sendThrough) => {
    await using api = await startTestApi(() => ({ json: { signature: 'x' } }));
    expect(await sendThrough(`${api.url}/stage`)).toEqual({ signature: 'x' });
    const [seen] = api.seen;
    expect(seen).toMatchObject({ method: 'POST', target: '/stage/exports' });
    expect(seen?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(seen?.body ?? '')).toEqual(names);
    const signatureOf = (body = '') =>
      expectedSignature({ ...(seen as SeenQuestion), body }, 'eu-central-1', CREDENTIALS);
    expect(seen?.headers.authorization).toBe(await signatureOf(seen?.body));
    const other = await signatureOf(`${seen?.body} `);
    expect(seen?.headers.authorization).not.toBe(other);
  });

  it('is asked again, signed anew, where it is asked too often', async () => {
    await using api = await startTestApi((_, before) =>
      before < 2 ? { status: 429, json: { message: 'Too Many Requests' } } : { json: { signature: 'x' } },
    );
    await send(api.url, REQUEST, true);
    expect(api.seen.map(({ body }) => body)).toEqual(Array(3).fill(JSON.stringify(REQUEST)));
  });
});
