import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createApi } from '../../cli/api/client.ts';
import { PROBLEMS } from '../../lambda/query/problem.ts';
import { endpointsAnswer } from '../../lambda/query/schemas/trail.ts';
import { ask, NOW } from '../support/command/asked-api.ts';
import { startTestApi, type TestReply } from '../support/servers/api-server.ts';

const EMPTY = { json: { endpoints: [] } };

function problem(kind: keyof typeof PROBLEMS, rest: object = {}): TestReply {
  const { status, title } = PROBLEMS[kind];
  return { status, json: { type: `/problems/${kind}`, title, status, ...rest } };
}

/** What a question comes to, whatever is asked, where the API answers like this. */
async function askWhere(reply: TestReply, words = 'endpoints') {
  await using api = await startTestApi(() => reply);
  return { ...(await ask(api.url, words)), url: api.url, seen: api.seen.length };
}

describe('a refusal', () => {
  it('of parameters is wrong usage, and names each option, what was given and what was expected', async () => {
    const errors = [
      { parameter: 'connectionId', given: 'x', expected: 'an id' },
      { parameter: 'since', expected: 'an instant' },
    ];
    const { code, said } = await askWhere(problem('parameters-invalid', { errors }), 'connections');
    expect([code, said]).toEqual([
      2,
      "cvpn-audit: --connection-id was given 'x'; expected an id.\n--since is wrong; expected an instant.",
    ]);
  });

  it('of a cursor is wrong usage, and says where it belongs', async () => {
    const { code, said } = await askWhere(
      problem('cursor-invalid', { detail: 'The cursor belongs to another question.' }),
      'connections --cursor abc',
    );
    expect(code).toBe(2);
    expect(said).toMatch(/^cvpn-audit: --cursor: The cursor belongs to another question\. Ask with the options/);
  });

  it('of a connection that is not known has the words of the API', async () => {
    const { code, said } = await askWhere(
      problem('connection-not-found', { detail: 'No connection of this id is recorded.' }),
      'connection cvpn-connection-1',
    );
    expect([code, said]).toEqual([1, 'cvpn-audit: No connection of this id is recorded.']);
  });

  it('because the access could not be noted is not asked again, and has the number of the request', async () => {
    const { code, said, seen } = await askWhere(problem('access-not-noted', { detail: 'No.', requestId: 'r-1' }));
    expect([code, seen]).toEqual([1, 1]);
    expect(said).toBe('cvpn-audit: The access could not be noted, so nothing is answered: No. (503, request r-1)');
  });

  it('does not bring escape sequences to the terminal', async () => {
    const { said } = await askWhere(problem('internal-error', { detail: 'a\u001B[31mb' }));
    expect(said).toContain('a\\u{1B}[31mb');
  });
});

describe('what is no answer of this API', () => {
  it.each([
    [
      'a page',
      { text: '<html>', headers: { 'content-type': 'text/html' } },
      /is not the API of an audit trail \(200, text\/html\)/,
    ],
    [
      'another API',
      { status: 404, json: { message: 'Not Found' } },
      /is not the API of an audit trail \(404, application\/json\)/,
    ],
    [
      'an address elsewhere',
      { status: 302, headers: { location: 'http://127.0.0.1:1/' }, text: '' },
      /is not the API of an audit trail \(302/,
    ],
    [
      'JSON of another kind',
      { json: { endpoints: [{ id: 1 }] } },
      /not one that this version understands \(endpoints\.0\.endpointId: /,
    ],
    ['a failure', { status: 500, json: { message: 'Internal Server Error' } }, /failed \(500: Internal Server Error\)/],
  ])('is told apart: %s', async (_what, reply, message) => {
    const { code, said, url } = await askWhere(reply);
    expect(code).toBe(1);
    expect(said).toMatch(message);
    expect(said).toContain(url);
  });
});

describe('a question that may be answered another time', () => {
  it.each([429, 502, 503, 504])('is asked again after %i', async (status) => {
    const pauses: number[] = [];
    await using api = await startTestApi((_, before) => (before < 2 ? { status, text: 'busy' } : EMPTY));
    const pause = async (milliseconds: number) => void pauses.push(milliseconds);
    const { code } = await ask(api.url, 'endpoints', { time: { pause } });
    expect([code, api.seen.length, pauses]).toEqual([0, 3, [250, 1000]]);
  });

  it('is asked again where the API states a problem and when to try again', async () => {
    const busy = JSON.stringify({ type: '/problems/too-many-questions', title: 'Busy', status: 503, detail: 'Busy.' });
    await using api = await startTestApi((_, before) =>
      before < 1 ? (response) => response.writeHead(503, { 'Retry-After': '1' }).end(busy) : EMPTY,
    );
    expect([(await ask(api.url, 'endpoints')).code, api.seen.length]).toEqual([0, 2]);
  });

  it('is asked again where the connection breaks off', async () => {
    await using api = await startTestApi((_, before) => (before < 1 ? (response) => response.destroy() : EMPTY));
    expect((await ask(api.url, 'endpoints')).code).toBe(0);
  });

  it('is given up in the end', async () => {
    const { code, said, seen } = await askWhere({ status: 429, text: '' });
    expect([code, seen]).toEqual([1, 4]);
    expect(said).toMatch(/is asked too often \(429\)\. Try again in a moment/);
  });
});

describe('what cannot be reached', () => {
  it('on this machine leads to serve', async () => {
    const { url } = await askWhere(EMPTY);
    const { code, said } = await ask(url, 'endpoints');
    expect(code).toBe(1);
    expect(said).toMatch(/^cvpn-audit: Nothing answers at http:\/\/127\.0\.0\.1:\d+\. Is "cvpn-audit serve" running\?/);
  });

  it('under its name leads to the address and its Region', async () => {
    const address = { url: 'https://nowhere.invalid', isSigned: false, region: 'eu-north-1' };
    const signal = new AbortController().signal;
    const ports = { now: () => NOW, pause: async () => {}, timeout: () => signal, signal };
    await expect(createApi(address, {}, ports).ask(['endpoints'], {}, endpointsAnswer)).rejects.toThrow(
      /There is no host nowhere\.invalid \(E\w+\)\. Check the API's address and the Region in it \(eu-north-1\)/,
    );
  });

  it('in time is told how long was waited', async () => {
    const timeout = new AbortController();
    const abort = () => timeout.abort(new DOMException('', 'TimeoutError'));
    await using api = await startTestApi(() => abort);
    const { code, said } = await ask(api.url, 'endpoints', { time: { timeout: () => timeout.signal } });
    expect(code).toBe(1);
    expect(said).toMatch(/did not answer within 35 s\. Try again/);
  });

  it('because something else listens there is told', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const { code, said } = await ask(`http://127.0.0.1:${port}`, 'endpoints');
    server.close();
    expect(code).toBe(1);
    expect(said).toMatch(/could not be reached \(Response does not match the HTTP\/1\.1 protocol/);
  });
});

describe('an address', () => {
  it.each([
    ['endpoints --api http://audit.example', /leads away from this machine in the clear.*expected https/],
    ['endpoints --api http://127.example.com', /leads away from this machine in the clear/],
    ['endpoints --api localhost:8790', /--api names the address 'localhost:8790'; expected one like https/],
    ['endpoints --api https://user:secret@audit.example', /with more than a host and a path/],
    ['endpoints --api http://127.0.0.1:1 --stack Trail', /were both given; expected one of them/],
    [
      'endpoints --region eu-west-1 --api https://abc.execute-api.eu-central-1.amazonaws.com',
      /--region eu-west-1 was given, but --api names an address in eu-central-1/,
    ],
  ])('is refused: %s', async (words, message) => {
    const { code, said } = await ask('http://127.0.0.1:1', words);
    expect(said).toMatch(message);
    expect(said).not.toContain('secret');
    expect(code).toBe(2);
  });

  it('may have a path, and --api comes before CVPN_AUDIT_API', async () => {
    await using api = await startTestApi(() => EMPTY);
    const { code } = await ask('http://127.0.0.1:1', `endpoints --api ${api.url}/t/TOKEN/`);
    expect(code).toBe(0);
    expect(api.seen.map(({ path }) => path)).toEqual(['/t/TOKEN/endpoints']);
  });
});
