import { describe, expect, it } from 'vitest';
import { connectionsParameters } from '../../lambda/query/parameters/definitions.ts';
import { canonicalParameters, parseParameters } from '../../lambda/query/parameters/parse.ts';
import { type ParameterError, QueryProblem } from '../../lambda/query/problem.ts';

const parse = (text: string) => parseParameters(connectionsParameters, new URLSearchParams(text));

function errorsOf(text: string): readonly ParameterError[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof QueryProblem) return error.errors ?? [];
    throw error;
  }
  return [];
}

describe('parameters', () => {
  it('are read, repeated ones as lists, absent ones as nothing', () => {
    const given = parse('user=alice&user=bob&limit=7&since=2026-11-22T14:03:00Z&match=ended');
    expect(given).toMatchObject({ user: ['alice', 'bob'], limit: 7, since: '2026-11-22T14:03:00Z', match: 'ended' });
    expect(given).toMatchObject({ ip: [], until: undefined, at: undefined });
  });

  it.each([
    ['limit', '1', '1000'],
    ['at', 'now', '2024-02-29T23:59:59Z'],
    ['ip', '172.31.0.225', 'fd00::1'],
    ['status', 'failed-to-terminate'],
    ['endpoint', 'cvpn-endpoint-0123456789abcdef0'],
    ['user', 'x'.repeat(256), '%20%C3%A9'],
  ])('such as %s=%s are taken', (name, ...values) => {
    for (const value of values) expect(errorsOf(`${name}=${value}`)).toEqual([]);
  });

  it.each([
    ['limit', '0', '1001', '-1', '1.5', '1e2', '', '%201'],
    ['since', '7d', 'yesterday', '2026-11-22T14:03:00+01:00', '2026-02-29T00:00:00Z', '2026-02-29', ''],
    ['until', '2026-11-22T24:00:00Z', '2026-11-22T14:03:00', '2026-11-22%2014:03:00', 'now'],
    ['at', 'NOW', '2026-11-22', '2h'],
    ['ip', '172.31.0.256', '172.31.0', '172.31.0.0/16', 'fe80::1%25eth0'],
    ['endpoint', 'cvpn-endpoint-', '%23endpoints'],
    ['status', '', 'Active', 'ended'],
    ['user', '', 'a%00b', '%ff%fe', 'x'.repeat(257)],
    ['connectionId', '%23watermark', 'a%20b'],
    ['match', 'during'],
    ['cursor', '', 'a.b', 'x'.repeat(4097)],
  ])('such as %s=%s are refused, and named', (parameter, ...values) => {
    const refused = { parameter, given: expect.any(String), expected: expect.stringMatching(/\S{3}/) };
    for (const value of values) expect(errorsOf(`${parameter}=${value}`)).toEqual([refused]);
  });

  it.each([
    ['since', '2026-11-22', '2026-11-22T00:00:00Z'],
    ['until', '2026-11-22', '2026-11-22T23:59:59Z'],
    ['until', '2026-11-22T14:03:00%2B02:00', '2026-11-22T12:03:00Z'],
    ['at', '2026-11-22T14:03:00-0530', '2026-11-22T19:33:00Z'],
    ['at', '2026-11-22%2014:03:00.75Z', '2026-11-22T14:03:00Z'],
    ['since', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
  ])('such as %s=%s are read as the command reads them: %s', (name, written, instant) => {
    expect(parse(`${name}=${written}`)).toMatchObject({ [name]: instant });
    const canonical = canonicalParameters(connectionsParameters, new URLSearchParams(`user=a&${name}=${written}`));
    expect([...canonical]).toEqual([
      ['user', 'a'],
      [name, instant],
    ]);
  });

  it('that do not exist are refused, with those that do', () => {
    expect(errorsOf('usr=alice')).toEqual([
      { parameter: 'usr', given: 'alice', expected: expect.stringContaining('user, username, commonName') },
    ]);
    expect(errorsOf('toString=x&__proto__=y').map(({ parameter }) => parameter)).toEqual(['toString', '__proto__']);
  });

  it('that may be given once are refused twice, even with the same value', () => {
    expect(errorsOf('limit=5&limit=5')).toEqual([{ parameter: 'limit', given: '2 values', expected: 'one value' }]);
  });

  it('are reported all at once, each wrong value of one too', () => {
    const errors = errorsOf('ip=1&ip=10.0.0.1&ip=2&limit=x&nope=1');
    const named = errors.map(({ parameter, given }) => `${parameter} ${given}`);
    expect(named.sort()).toEqual(['ip 1', 'ip 2', 'limit x', 'nope 1']);
  });

  it('are shown shortened, and without what no terminal should see', () => {
    const [error] = errorsOf(`match=${encodeURIComponent(`\u001B[31m${'x'.repeat(500)}`)}`);
    expect(error?.given).toHaveLength(81);
    expect(error?.given).not.toContain('\u001B');
  });
});
