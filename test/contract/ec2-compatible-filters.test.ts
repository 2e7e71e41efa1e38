import { describe, expect, test } from 'vitest';
import {
  connectionOf,
  Ec2Compatible,
  ENDPOINT,
  type NamedValues,
  numbered,
} from '../support/servers/ec2-compatible.ts';
import { problemReply } from '../support/servers/fake-trail-api.ts';

const ec2 = Ec2Compatible.use();

const people = () => {
  ec2.api.connections = [
    connectionOf('c-1', { username: 'alice', clientIp: '10.0.0.5', status: 'active' }),
    connectionOf('c-2', { username: 'bob', clientIp: '10.0.0.6', status: 'terminated' }),
    connectionOf('c-3', { username: 'alice', commonName: 'alice.example', clientIp: '10.0.0.6', status: 'terminated' }),
    connectionOf('c-4'),
  ];
};

describe('filters', () => {
  test.each([
    ['username', ['a*'], ['c-1', 'c-3', 'c-5']],
    ['username', ['A*'], []],
    ['username', ['?ob', 'nobody'], ['c-2']],
    ['username', ['*'], ['c-1', 'c-2', 'c-3', 'c-5']],
    ['username', ['al?*e?'], ['c-5']],
    ['username', ['a\\*ice', 'alice\\?'], ['c-5']],
    ['username', ['a\\*ice'], []],
    ['username', ['CORP\\bob'], ['c-6']],
    ['username', ['CORP\\\\b?b'], ['c-6']],
    ['connection-id', ['c-?'], ['c-1', 'c-2', 'c-3', 'c-4', 'c-5', 'c-6']],
    ['client-ip', ['10.0.0.*', 'fd00::*'], ['c-1', 'c-2', 'c-3', 'c-5']],
    ['common-name', ['*.example'], ['c-3']],
    ['status', ['*terminat*'], ['c-2', 'c-3', 'c-5']],
  ])("take EC2's wildcards: %s %j", async (name, values, found) => {
    people();
    const between: [string, string] = ['2026-11-20T08:00:00Z', '2026-11-20T09:00:00Z'];
    const end = { kind: 'inferred' as const, between };
    ec2.api.connections.push(
      connectionOf('c-5', { username: 'alice?', status: 'active', end, clientIpv6: 'fd00::5' }),
      connectionOf('c-6', { username: 'CORP\\bob' }),
    );
    const wanted = name === 'username' && values[0] === '*' ? [...found, 'c-6'] : found;
    expect(await ec2.ids([name, ...values])).toEqual(wanted);
  });

  test('with a wildcard join with those that have none, which are what is asked for', async () => {
    people();
    expect(await ec2.ids(['username', 'al*'], ['client-ip', '10.0.0.6'], ['username', 'alice'])).toEqual(['c-3']);
    expect(ec2.api.lastQuestion).toEqual({
      endpoint: [ENDPOINT],
      username: ['alice'],
      ip: ['10.0.0.6'],
      limit: ['1000'],
    });
  });

  test('with a wildcard that hardly anybody passes give a page that may be empty, with a token that goes on', async () => {
    ec2.list([...numbered(70), { connectionId: 'c-last', username: 'alice' }]);
    ec2.api.breath = 2;
    const input = { Filters: [{ Name: 'username', Values: ['a*'] }] };
    expect([await ec2.connections(input), ec2.api.asked.length]).toEqual([[], 20]);
    expect(await ec2.walk(1000, input)).toEqual([[], ['c-last']]);
  });

  test('are read in a time that no pattern makes long', async () => {
    ec2.api.connections = [connectionOf('c-1', { username: 'a'.repeat(2000) })];
    expect(await ec2.ids(['username', `${'*a'.repeat(120)}*b`])).toEqual([]);
  });

  test('there are more than AWS has', async () => {
    people();
    expect(await ec2.ids(['client-ip', '10.0.0.6'], ['status', 'terminated'])).toEqual(['c-2', 'c-3']);
    expect(await ec2.ids(['common-name', 'alice.example'])).toEqual(['c-3']);
  });

  test.each<[filters: NamedValues, endpoint: object, passes: boolean]>([
    [[['account', '123456789012']], {}, true],
    [[['account', '1234*']], {}, true],
    [[['account', '999988887777', '123456789012']], {}, true],
    [[['account', '999988887777']], {}, false],
    [[['region', 'eu-*-1']], {}, true],
    [[['region', 'us-east-1']], {}, false],
    [
      [
        ['account', '123456789012'],
        ['region', 'us-east-1'],
      ],
      {},
      false,
    ],
    [[['account', '999988887777']], { accountId: 'unknown' }, true],
    [[['account', '999988887777']], { accountId: undefined }, true],
  ])('are by account and Region of the endpoint too: %j', async (filters, endpoint, isPassing) => {
    people();
    const owned = { endpointId: ENDPOINT, state: 'open' as const, accountId: '123456789012', region: 'eu-central-1' };
    ec2.api.endpoints = [{ ...owned, ...endpoint }];
    expect(await ec2.ids(['username', 'bob'], ...filters)).toEqual(isPassing ? ['c-2'] : []);
    const Filters = filters.map(([Name, ...Values]) => ({ Name, Values }));
    expect(await ec2.endpoints({ Filters })).toHaveLength(isPassing ? 1 : 0);
    expect(await ec2.endpoints({ Filters, ClientVpnEndpointIds: [ENDPOINT] })).toHaveLength(isPassing ? 1 : 0);
  });

  test.each([
    ['account', '12', 'Expecting an account id of 12 digits.'],
    ['region', 'Frankfurt', 'Expecting a Region like eu-central-1.'],
  ])('by an account or a Region that is none are refused: %s %s', async (name, value, message) => {
    const refused = { name: 'InvalidParameterValue', message: expect.stringContaining(message) };
    await expect(ec2.ids([name, value])).rejects.toMatchObject(refused);
    await expect(ec2.endpoints({ Filters: [{ Name: name, Values: [value] }] })).rejects.toMatchObject(refused);
  });

  test('what the API refuses is refused in the name of the filter', async () => {
    const errors = [{ parameter: 'ip', given: 'ten', expected: 'an IP address' }];
    ec2.api.instead = [() => problemReply(400, 'parameters-invalid', { errors })];
    await expect(ec2.ids(['client-ip', 'ten'])).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: 'Value ( ten ) for parameter client-ip is invalid. Expecting an IP address.',
    });
  });
});

describe('filters that are times', () => {
  test.each([
    ['since', '2026-11-20T08:00:00Z', '2026-11-20T08:00:00Z'],
    ['since', '2026-11-20 08:00:00', '2026-11-20T08:00:00Z'],
    ['since', '2026-11-20T08:00:00+02:00', '2026-11-20T06:00:00Z'],
    ['since', '2026-11-20', '2026-11-20T00:00:00Z'],
    ['until', '2026-11-20', '2026-11-20T23:59:59Z'],
    ['until', 'now', '2026-11-22T14:03:00Z'],
    ['since', '90m', '2026-11-22T12:33:00Z'],
    ['until', 'yesterday', '2026-11-21T23:59:59Z'],
    ['since', '7d', '2026-11-15T14:03:00Z'],
    ['at', '2h', '2026-11-22T12:03:00Z'],
    ['at', 'now', 'now'],
  ])('%s takes %s', async (name, text, instant) => {
    await ec2.ids([name, text]);
    expect(ec2.api.lastQuestion).toEqual({ endpoint: [ENDPOINT], [name]: [instant], limit: ['1000'] });
  });

  test.each([
    ['since', 'yesteryear', /Expecting a time like 2026-11-22T14:03:00Z, .*2h, 7d/],
    ['until', '2026-02-30', /Expecting a day that there is/],
    ['since', '999999w', /Expecting a time of our era/],
    ['since', '2026-11-20T08:00:00Z+01:00', /Expecting a time like/],
    ['at', '2026-11-20', /Expecting a moment like .*; a whole day is no moment\./],
  ])('%s refuses %s', async (name, text, message) => {
    await expect(ec2.ids([name, text])).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringMatching(message),
    });
    expect(ec2.api.asked).toEqual([]);
  });

  test('take one value, once', async () => {
    const twice: NamedValues[] = [[['at', '1h', '2h']], ['1h', '2h'].map((text) => ['at', text] as const)];
    for (const filters of twice) {
      await expect(ec2.ids(...filters)).rejects.toMatchObject({
        message: "Value ( 2h ) for parameter at is invalid. Expecting one value for the filter 'at'.",
      });
    }
  });

  test('without any the whole history is asked for', async () => {
    await ec2.ids();
    expect(ec2.api.lastQuestion).toEqual({ endpoint: [ENDPOINT], limit: ['1000'] });
  });
});
