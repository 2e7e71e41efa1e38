import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { type RunningCommand, startCommand } from '../support/command/cvpn-audit.ts';
import { readTrail } from '../support/recording/trail-contents.ts';

const execFileAsync = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const SAVED_ANSWER = join(ROOT, 'test/fixtures/describe-client-vpn-connections.json');
const ENDPOINT = 'cvpn-endpoint-123456789123abcde';

let data: string;
let running: RunningCommand[];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'serve-'));
  running = [];
});
afterEach(async () => {
  for (const command of running) command.interrupt();
  await Promise.all(running.map(({ exited }) => exited));
  rmSync(data, { recursive: true });
});

function start(env: NodeJS.ProcessEnv, ...args: string[]): RunningCommand {
  const command = startCommand(['serve', '--data', data, '--port', '0', '--ec2-port', '0', ...args], env);
  running.push(command);
  return command;
}

const serve = (...args: string[]) => start({}, ...args);

async function interrupt(command: RunningCommand): Promise<number | null> {
  command.interrupt();
  return command.exited;
}

describe('serve --simulate with a saved answer', () => {
  it('has both of its connections in the trail, every field, times as …Z', async () => {
    const command = serve('--simulate', SAVED_ANSWER);
    await command.prints(/Z {2}cvpn-endpoint-123456789123abcde +2 connections +2 opened +1 ended +\d+ write units/);
    expect(await interrupt(command)).toBe(0);
    const trail = await readTrail(data);
    const common = {
      endpointId: ENDPOINT,
      accountId: '123456789012',
      region: 'eu-central-1',
      commonName: 'client1.domain.tld',
    };
    expect(trail.connections).toMatchObject([
      {
        ...common,
        connectionId: 'cvpn-connection-00668867a40f18253',
        status: 'active',
        establishedAt: '2019-08-12T08:02:53Z',
        clientIp: '172.31.0.226',
      },
      {
        ...common,
        connectionId: 'cvpn-connection-0e03eb24267165acd',
        status: 'terminated',
        establishedAt: '2019-08-12T07:57:14Z',
        endedAt: '2019-08-12T07:58:34Z',
        end: { kind: 'reported' },
        clientIp: '172.31.0.225',
        ingressBytes: 32302n,
        egressBytes: 5696n,
        ingressPackets: 332n,
        egressPackets: 67n,
      },
    ]);
    expect(trail.connections[0]).not.toHaveProperty('endedAt');
    expect(trail.newestRows.get(ENDPOINT)).toEqual(rowsOfSavedAnswer());
  });

  it('goes on with the same trail after Ctrl-C and a second start', async () => {
    const first = serve('--simulate', SAVED_ANSWER, '--every', '1s');
    await first.prints(/2 opened/);
    expect(await interrupt(first)).toBe(0);
    expect(first.written.out).toContain(`Stopped. The trail is in ${data}.`);
    const before = (await readTrail(data)).logs.get(ENDPOINT) ?? [];
    const second = serve('--simulate', SAVED_ANSWER, '--every', '1s');
    await second.prints(/2 connections +0 opened/);
    expect(await interrupt(second)).toBe(0);
    const after = (await readTrail(data)).logs.get(ENDPOINT) ?? [];
    expect(after.length).toBeGreaterThan(before.length);
    expect(after.slice(0, before.length)).toEqual(before);
  });

  it('keeps the data folder to its owner', async () => {
    const command = serve('--simulate', SAVED_ANSWER, '--data', join(data, 'new'));
    await command.prints(/2 opened/);
    await interrupt(command);
    expect(statSync(join(data, 'new')).mode.toString(8)).toMatch(/700$/);
    expect(statSync(join(data, 'new', 'dynamodb.sqlite')).mode.toString(8)).toMatch(/600$/);
  });
});

describe('serve prints a command that verifies its trail', () => {
  /** Runs it as another terminal would, in another folder. */
  async function verifyAsPrinted(command: RunningCommand): Promise<unknown> {
    const [, printed = ''] = await command.prints(/^ {2}(.*npx cvpn-audit verify.*)$/m);
    await command.prints(/2 opened/);
    const words = printed.replace('npx cvpn-audit', `'${process.execPath}' '${join(ROOT, 'bin/cvpn-audit.ts')}'`);
    const { stdout } = await execFileAsync('/bin/sh', ['-c', words], { cwd: data, env: { HOME: data } });
    return JSON.parse(stdout);
  }
  const proven = { verdict: 'proven', counts: { endpoints: 1, compared: 2 } };

  it('where archive and tables have places of their own', async () => {
    const places = [
      '--archive',
      join(data, "the archive's"),
      '--snapshots-table',
      'Logs',
      '--connections-table',
      'People',
    ];
    const command = serve('--simulate', SAVED_ANSWER, ...places);
    expect(await verifyAsPrinted(command)).toMatchObject(proven);
    // Its page runs the same.
    const [, url = ''] = await command.prints(/page +(http:\/\/127\.0\.0\.1:\d+)/);
    const page = `${url}/ui/evidence/verification`;
    await fetch(page, { method: 'POST', headers: { Origin: url }, body: new URLSearchParams() });
    const verdict = async () => /class="verdict">([^<]+)/.exec(await (await fetch(page)).text())?.[1];
    await expect.poll(verdict, { timeout: 20_000 }).toBe('Proven');
  });

  it('where an external DynamoDB has the tables', async () => {
    const store = await startEmbeddedDynamoDb({});
    try {
      const environment = {
        AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
        AWS_REGION: 'eu-west-3',
        SNAPSHOTS_TABLE: 'Logs',
      };
      expect(await verifyAsPrinted(start(environment, '--simulate', SAVED_ANSWER))).toMatchObject(proven);
    } finally {
      await store.close();
    }
  });
});

describe('serve answers', () => {
  const ended = 'cvpn-connection-0e03eb24267165acd';
  const question = {
    Action: 'DescribeClientVpnConnections',
    Version: '2016-11-15',
    ClientVpnEndpointId: ENDPOINT,
    'Filter.1.Name': 'connection-id',
    'Filter.1.Value.1': ended,
  };

  it("questions to the API and in AWS's own protocol, notes who asked, and stops", async () => {
    const command = serve('--simulate', SAVED_ANSWER);
    const [, api = ''] = await command.prints(/API +(http:\S+)\n/);
    await command.prints(/2 opened/);
    const answer = await fetch(`${api}/connections?commonName=client1.domain.tld`);
    const { connections } = (await answer.json()) as { connections: { connectionId: string }[] };
    expect(connections.map(({ connectionId }) => connectionId)).toEqual(['cvpn-connection-00668867a40f18253', ended]);
    const xml = await (await fetch(api, { method: 'POST', body: new URLSearchParams(question) })).text();
    expect(xml).toContain('<connectionEndTime>2019-08-12 07:58:34</connectionEndTime>');
    const { accesses } = (await (await fetch(`${api}/accesses`)).json()) as {
      accesses: { principal: string; question: string; rows: number }[];
    };
    expect(accesses.map(({ question, rows }) => `${question} ${rows}`).sort()).toEqual([
      '/connections?commonName=client1.domain.tld 2',
      `/connections?endpoint=${ENDPOINT}&connectionId=${ended}&limit=1000 1`,
    ]);
    expect(accesses[0]?.principal).toBe(`local:${userInfo().username}`);
    expect(await interrupt(command)).toBe(0);
    await expect(fetch(api)).rejects.toThrow('fetch failed');
  });
});

describe('serve --simulate', () => {
  // That it comes to the day's end, goes live and does so once is seen by `.ci/run`, which records whole days.
  it('records a past day in order, answers in its time, and goes on after an interruption', async () => {
    const first = serve('--simulate', '--every', '15m');
    const [, api = ''] = await first.prints(/API +(http:\S+)\n/);
    const [, from, to = ''] = await first.prints(/the simulated day from (\S+) to (\S+),/);
    await first.prints(/^ *\d+ %/m);
    await expectAnswersInItsTime(api, to);
    expect(first.written.out).not.toContain('Fast-forward done');
    expect(await interrupt(first)).toBe(0);
    const second = serve('--simulate', '--every', '15m');
    const [, next] = await second.prints(/the simulated day from (\S+) to/);
    expect(Date.parse(next ?? '')).toBeGreaterThan(Date.parse(from ?? ''));
    await second.prints(/^ *\d+ %/m);
    expect(await interrupt(second)).toBe(0);

    const { logs } = await readTrail(data);
    expect(logs.size).toBe(3);
    for (const manifests of logs.values()) {
      const slots = manifests.map(({ slot }) => Date.parse(slot) - Date.parse(from ?? ''));
      expect(slots).toEqual(slots.map((_, index) => index * 15 * 60_000));
      expect(slots.at(-1)).toBeGreaterThan(Date.parse(next ?? '') - Date.parse(from ?? ''));
    }
  });
});

describe('serve --simulate --accounts', () => {
  const READER = 'arn:aws:iam::111122223333:role/ClientVpnAuditReader';

  it('records the endpoints of two accounts and Regions, the second by a role that asks for the external id', async () => {
    const first = serve('--simulate', '--accounts', '--every', '15m');
    const [, sts = '', role, externalId = ''] = await first.prints(/STS +(\S+), gives (\S+) for the external id (\S+)/);
    expect(role).toBe(READER);
    await first.prints(/^ *\d+ %/m);
    expect((await assumed(sts, externalId)).accessKeyId).toMatch(/^ASIA/);
    await expect(assumed(sts, 'guessed')).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(await interrupt(first)).toBe(0);
    // Without saying it again.
    const second = serve('--simulate', '--every', '15m');
    await second.prints(/accounts +123456789012\/eu-central-1 and 111122223333\/us-east-1/);
    expect(await interrupt(second)).toBe(0);
    const { connections, logs } = await readTrail(data);
    const places = new Set(connections.map(({ accountId, region }) => `${accountId}/${region}`));
    expect([...places].sort()).toEqual(['111122223333/us-east-1', '123456789012/eu-central-1']);
    // None is closed because the other account's recording does not know it.
    expect([...logs.values()].flat().filter(({ closedBecause }) => closedBecause)).toEqual([]);
    const lengths = [...logs.values()].map(({ length }) => length);
    expect(lengths).toEqual([lengths[0], lengths[0], lengths[0]]);
  });

  const assumed = (endpoint: string, ExternalId: string) =>
    fromTemporaryCredentials({
      params: { RoleArn: READER, RoleSessionName: 'somebody', ExternalId },
      masterCredentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      clientConfig: { region: 'eu-central-1', endpoint, maxAttempts: 1 },
    })();
});

/** While the past day is recorded, its questions are of that time too. */
async function expectAnswersInItsTime(api: string, to: string): Promise<void> {
  expect((await fetch(`${api}/connections?at=now`)).status).toBe(200);
  const { accesses } = (await (await fetch(`${api}/accesses?since=2020-01-01T00:00:00Z`)).json()) as {
    accesses: { at: string }[];
  };
  expect(Date.parse(accesses[0]?.at ?? '')).toBeLessThan(Date.parse(to) - 12 * 3_600_000);
}

function rowsOfSavedAnswer(): unknown[] {
  const { Connections } = JSON.parse(readFileSync(SAVED_ANSWER, 'utf8')) as {
    Connections: { ConnectionId: string; Status: { Code: string } }[];
  };
  return Connections.sort((a, b) => (a.ConnectionId < b.ConnectionId ? -1 : 1)).map((row) => ({
    ...Object.fromEntries(Object.entries(row).map(([name, value]) => [wireName(name), value])),
    status: { code: row.Status.Code },
  }));
}

function wireName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
