import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsole } from '../../console/app.ts';
import { createQueryApp } from '../../lambda/query/app.ts';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import type { EndpointsAnswer, Problem } from '../../lambda/query/schemas/trail.ts';
import { stubPorts } from '../support/browser/stub-console.ts';
import { settingsOf } from '../support/command/asked-trail.ts';
import { ProvenExport } from '../support/exports/exported-proof.ts';
import type { ExportedTrail } from '../support/exports/exported-trail.ts';
import { askOwned, idOf, OTHER, OWN, OWNED, startOwnedTrail } from '../support/exports/owned-trail.ts';
import { ALPHA, activeRow, BETA } from '../support/recording/recorded-trail.ts';
import { configured } from '../support/recording/use-trail.ts';
import { GAMMA } from '../support/tampering/tampered-names.ts';

const namesOf = (connections: ConnectionsAnswer['connections']) =>
  connections.map(({ commonName = '' }) => commonName).sort();

let exported: ExportedTrail;
beforeAll(async () => {
  exported = await startOwnedTrail();
});
afterAll(() => exported.close());

async function ask<T>(path: string): Promise<T> {
  return (await (await fetch(`${exported.server.url}${path}`)).json()) as T;
}

const said = (words: string | readonly string[], width?: number) => askOwned(exported, words, width);

/** The rows of `report usage --by`: each key, its connections, and whether something may be missing. */
async function usageBy(by: string) {
  const window = '--since 2026-11-20T07:30:00Z --until 2026-11-20T08:15:00Z';
  const { out } = await said(`report usage --by ${by} ${window} --output csv`);
  const cells = out
    .trim()
    .split('\r\n')
    .map((line) => line.split(','));
  return cells.map((row) => [row[0], row[1], row.at(-1)]);
}

const AT = 'ip=172.31.0.9&at=2026-11-20T08:10:00Z';

describe('a question by account and Region', () => {
  it.each([
    ['', ['alice', 'bob', 'carol']],
    [`&account=${OTHER}`, ['bob']],
    [`&account=${OWN}`, ['alice', 'carol']],
    [`&account=${OWN}&account=${OTHER}`, ['alice', 'bob', 'carol']],
    ['&region=eu-central-1', ['alice', 'bob']],
    [`&account=${OWN}&region=us-east-1`, ['carol']],
    [`&account=${OWN}&endpoint=${ALPHA}&endpoint=${BETA}`, ['alice']],
  ])('%s is about these endpoints alone, in every way that it can be asked', async (owners, names) => {
    const others = [
      'user=alice&user=bob&user=carol',
      'status=active',
      OWNED.map((one) => `connectionId=${idOf(one.name)}`).join('&'),
    ];
    for (const question of [AT, 'at=now', '', ...others]) {
      const { connections, coverage } = await ask<ConnectionsAnswer>(`/connections?${question}${owners}`);
      expect(namesOf(connections)).toEqual(names);
      expect(coverage.complete).toBe(true);
    }
    const wanted = OWNED.filter(({ name }) => names.includes(name)).map(({ endpointId }) => endpointId);
    const { endpoints } = await ask<EndpointsAnswer>(`/endpoints?${owners.slice(1)}`);
    expect(endpoints.map(({ endpointId }) => endpointId)).toEqual(wanted);
    const covered = await ask<CoverageAnswer>(`/coverage?${owners.slice(1)}`);
    expect(covered.endpoints).toMatchObject(
      OWNED.filter(({ endpointId }) => wanted.includes(endpointId)).map(({ ACCOUNT_ID, REGION, endpointId }) => ({
        endpointId,
        accountId: ACCOUNT_ID,
        region: REGION,
      })),
    );
  });

  it.each([
    [
      'account=111122223333',
      `No endpoint of the account 111122223333 is recorded; recorded are endpoints of the account ${OWN} in eu-central-1, the account ${OWN} in us-east-1, the account ${OTHER} in eu-central-1.`,
    ],
    [`account=${OWN}&account=111122223333`, 'No endpoint of the account 111122223333 is recorded'],
    ['region=eu-west-1', 'No endpoint in the Region eu-west-1 is recorded'],
    [`account=${OTHER}&region=us-east-1`, `No endpoint of the account ${OTHER} in the Region us-east-1 is recorded`],
    [
      `account=${OTHER}&endpoint=${ALPHA}`,
      `None of the endpoints that were named is of the account ${OTHER}; they are of the account ${OWN} in eu-central-1.`,
    ],
  ])('about no endpoint is not answered with nobody: %s', async (owners, detail) => {
    for (const path of [`/connections?${AT}&`, '/connections?at=now&', '/endpoints?', '/coverage?']) {
      const refused = await ask<Problem>(path + owners);
      expect(refused).toMatchObject({ status: 404, type: '/problems/endpoint-not-recorded' });
      expect(refused.detail).toContain(detail);
    }
  });

  it.each([
    ['account=12345', 'account: got "12345", expected an AWS account id of 12 digits'],
    ['region=Frankfurt', 'region: got "Frankfurt", expected an AWS Region like eu-central-1'],
  ])('with something else in its place is refused: %s', async (owners, detail) => {
    const refused = await ask<Problem>(`/connections?${owners}`);
    expect(refused).toMatchObject({ status: 400, detail: expect.stringContaining(detail) });
  });

  it('of which --region says nothing here, is answered with a warning that names the option that does', async () => {
    const { out, said: notices } = await said('connections --region us-east-1 --output csv');
    expect(out.match(/^cvpn-connection/gm)).toHaveLength(3);
    expect(notices).toMatch(/^--region us-east-1 says .* no effect on http.*--endpoint-region us-east-1\.\n/);
    expect((await said('connections --endpoint-region us-east-1 --output csv')).said).not.toContain('--region');
  });

  it('reads one page of one index for each of its endpoints where it is of an address at a moment', async () => {
    const reads: string[] = [];
    const { trail } = exported;
    const ports = { documents: trail.tables.documents, settings: settingsOf(trail), now: () => trail.now };
    const onRead = (purpose: string) => void reads.push(purpose);
    const app = createQueryApp({ ...ports, onRead, onError: () => undefined });
    const caller = { principal: 'anyone', requestId: 'request-0' };
    await app.fetch(new Request(`http://trail/connections?${AT}&account=${OWN}`), { caller });
    expect(reads.filter((purpose) => purpose === 'index')).toHaveLength(2);
  });

  it('goes on by its cursor, which no other account takes', async () => {
    const first = await ask<ConnectionsAnswer>(`/connections?account=${OWN}&limit=1`);
    const { connections } = await ask<ConnectionsAnswer>(`/connections?account=${OWN}&cursor=${first.cursor}`);
    expect(namesOf([...first.connections, ...connections])).toEqual(['alice', 'carol']);
    const other = await ask<Problem>(`/connections?account=${OTHER}&cursor=${first.cursor}`);
    expect(other).toMatchObject({ status: 400, type: '/problems/cursor-invalid' });
  });
});

describe('on the command line', () => {
  it.each([
    ['who --ip 172.31.0.9 --at 2026-11-20T08:10:00Z', 'username', ['bob']],
    ['connections', 'identity', ['bob']],
    ['endpoints', 'endpoint_id', [BETA]],
    ['coverage', 'endpoint_id', [BETA]],
    ['report review', 'user', ['bob']],
    ['report usage --by user', 'user', ['bob']],
    ['report concurrency', 'endpoint_id', [BETA]],
  ])('%s takes --account and --endpoint-region', async (words) => {
    const { out, code } = await said(`${words} --account ${OTHER} --endpoint-region eu-central-1 --output csv`);
    expect([out, code]).toEqual([expect.stringMatching(/bob|0bbbbbbbbbbbbbbbb/), 0]);
    expect(out).not.toMatch(/alice|carol|0aaaaaaaa|0cccccccc/);
  });

  it('a question goes on with what it was asked', async () => {
    const { said: words } = await said(
      `connections --account ${OWN} --endpoint-region us-east-1 --endpoint-region eu-central-1 --limit 1 --output csv`,
    );
    expect(words).toContain(
      `connections --account ${OWN} --endpoint-region us-east-1 --endpoint-region eu-central-1 --limit 1 --output csv --cursor `,
    );
  });

  it('wrong values are told by the names of the options', async () => {
    const { said: words, code } = await said('connections --account 12 --endpoint-region Frankfurt');
    expect(code).toBe(2);
    expect(words).toContain("--account was given '12'; expected an AWS account id of 12 digits");
    expect(words).toContain("--endpoint-region was given 'Frankfurt'; expected an AWS Region");
  });
});

describe('a trail of several accounts and Regions shows them', () => {
  it.each([
    ['who --now', 200, /ACCOUNT +REGION.*\n.*carol.*\n.*bob.*0bbbbbbbbbbbbbbbb +999988887777 +eu-central-1/],
    ['endpoints', 80, /ACCOUNT +REGION.*\n.*0aaaaaaaaaaaaaaaa.*123456789012 +eu-central-1/],
    ['coverage', 120, /cvpn-endpoint-0cccccccccccccccc \(123456789012, us-east-1\)/],
    ['report usage --by endpoint', 160, /0cccccccccccccccc \(123456789012 us-east-1\)/],
    ['report usage --by account', 160, /^123456789012 +2 .*\n999988887777 +1 /m],
    ['report usage --by region', 160, /^eu-central-1 +2 .*\nus-east-1 +1 /m],
    ['report concurrency', 160, /0bbbbbbbbbbbbbbbb \(999988887777 eu-central-1\)/],
  ])('%s', async (words, width, shown) => {
    expect((await said(`${words} --output table`, width)).out).toMatch(shown);
  });

  it('adds usage up by them', async () => {
    expect(await usageBy('account')).toEqual([
      ['account_id', 'connections', 'incomplete'],
      [OWN, '2', ''],
      [OTHER, '1', ''],
    ]);
    expect((await usageBy('region')).slice(1)).toEqual([
      ['eu-central-1', '2', ''],
      ['us-east-1', '1', ''],
    ]);
  });

  it('in a line beneath end and endpoint where there is no room beside them', async () => {
    const { out } = await said('connections --output table', 80);
    expect(out).toMatch(/WHO +CLIENT IP/);
    expect(out).toMatch(/ENDPOINT.*\nACCOUNT +REGION\n.*carol.*\n.*0cccccccccccccccc.*\n123456789012 +us-east-1\n/);
    expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it('in the names of what is not known, and in the JSON of reports', async () => {
    const { said: words } = await said('connections --since 2026-11-20T06:00:00Z --output table', 120);
    expect(words).toContain('0bbbbbbbbbbbbbbbb (999988887777 eu-central-1) from 2026-11-20T06:00:00Z');
    const { out } = await said('report usage --by user --output json');
    expect((JSON.parse(out) as EndpointsAnswer).endpoints).toContainEqual({
      endpointId: GAMMA,
      accountId: OWN,
      region: 'us-east-1',
    });
  });

  it('and one of one account and Region does not', async () => {
    for (const words of ['endpoints', 'report usage --by endpoint', 'coverage']) {
      const { out } = await said(`${words} --account ${OTHER} --output table`, 200);
      expect(out).toContain('0bbbbbbbbbbbbbbbb');
      expect(out).not.toContain(OTHER);
    }
  });
});

describe('the pages', () => {
  async function show(path: string) {
    const pages = createConsole(stubPorts(() => exported.trail.now));
    const asks = (question: string) => fetch(`${exported.server.url}${question}`);
    const response = await pages.fetch(new Request(`http://127.0.0.1:8790${path}`), asks);
    const { status, headers } = response;
    return { status, location: headers.get('location'), page: await response.text() };
  }
  const COMMAND = `--account ${OTHER} --endpoint-region eu-central-1`;

  it.each([
    ['/ui/now?', `cvpn-audit who --now ${COMMAND}`],
    ['/ui/at?ip=172.31.0.9&at=2026-11-20T08:10:00Z&', `cvpn-audit who --ip 172.31.0.9 ${COMMAND}`],
    ['/ui/timeline?who=172.31.0.9&since=2026-11-20&', `cvpn-audit connections --ip 172.31.0.9 ${COMMAND}`],
    ['/ui/connections?', `cvpn-audit connections ${COMMAND}`],
    ['/ui/reports/review?since=2026-11-20&', `cvpn-audit report review --since 2026-11-20 ${COMMAND}`],
    ['/ui/evidence/export?since=2026-11-20&', `cvpn-audit export ${COMMAND}`],
    ['/ui/evidence?since=2026-11-20&', `cvpn-audit coverage ${COMMAND}`],
  ])('%s is of one account and Region, and so are its commands', async (path, command) => {
    const { status, page } = await show(`${path}account=${OTHER}&region=eu-central-1`);
    expect(status).toBe(200);
    expect(page).toMatch(/bob|0bbbbbbbbbbbbbbbb \(/);
    const main = page.slice(page.indexOf('<main')).replaceAll(/<(datalist|select).*?<\/\1>|placeholder="[^"]*"/gs, '');
    expect(main).not.toMatch(/alice|carol|0aaaaaaaaaaaaaaaa \(/);
    expect(page).toContain(command);
    expect(page).not.toContain('every endpoint, the whole window');
    if (path.startsWith('/ui/connections')) expect(page).toContain(`<option value="${OTHER}" selected>`);
    else expect(page).toMatch(new RegExp(`aria-current="true">${OTHER}</a>.*aria-current="true">eu-central-1</a>`));
    const hidden = path.startsWith('/ui/now') || path.startsWith('/ui/connections') ? 1 : 2;
    // The form for the zone keeps it on every page.
    expect(page.match(new RegExp(`type="hidden" name="account" value="${OTHER}"`, 'g')) ?? []).toHaveLength(hidden);
  });

  it('search by words, and show both as columns', async () => {
    const { location } = await show(`/ui/connections?q=account:${OTHER}+region:eu-central-1+-account:${OWN}`);
    expect(location).toBe(`/ui/connections?account=${OTHER}&region=eu-central-1&not=account%3A${OWN}`);
    const { page } = await show(location ?? '');
    expect(page).toContain(`value="account:${OTHER} region:eu-central-1 -account:${OWN}"`);
    expect(page).toContain(`<option value="account:${OTHER}">`);
    expect(page).toMatch(/>Account<.*>Region</s);
    expect(page).toContain(`<span class="owner">${OTHER}</span>`);
  });

  it.each([
    [`account=12`, 400, 'expected an AWS account id of 12 digits'],
    ['account=111122223333', 404, 'No endpoint of the account 111122223333 is recorded'],
  ])('say what is wrong with %s', async (owners, code, words) => {
    const { status, page } = await show(`/ui/connections?${owners}`);
    expect([status, page]).toEqual([code, expect.stringContaining(words)]);
  });
});

describe('an endpoint whose account nothing tells', () => {
  const DELTA = 'cvpn-endpoint-0dddddddddddddddd';
  const EPSILON = 'cvpn-endpoint-0eeeeeeeeeeeeeeee';
  const serverCertificateArn = `arn:aws:acm:us-east-1:${OTHER}:certificate/1`;

  it('counts as one of each account; one that is not recorded yet is where its certificate is', async () => {
    const { trail } = exported;
    const row = activeRow(idOf('dave'), '2026-11-20 08:00:00', { clientVpnEndpointId: DELTA, commonName: 'dave' });
    trail.rows = { [DELTA]: [row] };
    await configured(trail, { ACCOUNT_ID: 'unknown', REGION: 'eu-central-1' }).record();
    await trail.log.putDescription(EPSILON, { clientVpnEndpointId: EPSILON, serverCertificateArn });
    const named = async (owners: string) => {
      const { connections, coverage } = await ask<ConnectionsAnswer>(`/connections?at=now&${owners}`);
      return [namesOf(connections), coverage.complete];
    };
    expect(await named(`account=${OTHER}&region=eu-central-1`)).toEqual([['bob', 'dave'], true]);
    expect(await named(`account=${OTHER}`)).toEqual([['bob', 'dave'], false]);
    expect(await named(`account=${OWN}&region=us-east-1`)).toEqual([['carol'], true]);
    const window = '--since 2026-11-20T08:05:00Z --until 2026-11-20T08:15:00Z --format ndjson --evidence';
    await exported.export('other', `${window} --account ${OTHER} --endpoint-region eu-central-1`);
    const made = ProvenExport.copy(exported, 'other');
    expect(await made.verdict()).toMatchObject({ verdict: 'proven', faults: [], asked: { endpoints: [BETA, DELTA] } });
    const unrecorded = await exported.export('unrecorded', `${window} --account ${OTHER}`);
    expect(unrecorded.said).toContain(`Nothing has been recorded of ${EPSILON} yet`);
    expect((await usageBy('account')).slice(1)).toEqual([
      [OWN, '2', ''],
      [OTHER, '1', 'true'],
      ['unknown', '1', ''],
    ]);
    expect(await ask<Problem>('/endpoints?account=111122223333')).toMatchObject({
      status: 404,
      detail: expect.stringContaining('an account that is not known in eu-central-1'),
    });
  });
});
