import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../console/question.ts';
import { isLeftOut } from '../../console/search/leave-out.ts';
import { NO_SEARCH, parametersFor, type Search, searchOf } from '../../console/search/search.ts';
import { completions, readWords, writeWords } from '../../console/search/words.ts';
import { FILTERS } from '../../lambda/query/parameters/definitions.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';

const OFFICE = 'cvpn-endpoint-0aaaaaaaaaaaaaaaa';
const LABELS = new Map([
  [OFFICE, 'office'],
  ['cvpn-endpoint-0bbbbbbbbbbbbbbbb', 'the lab'],
]);

const read = (text: string) => readWords(text, LABELS);
const searched = (text: string) => {
  const { search, notUnderstood } = read(text);
  expect(notUnderstood).toEqual([]);
  return search;
};
const given = (search: Partial<Search>) => ({ ...NO_SEARCH, ...search });

describe('the words of the search box', () => {
  it('are those of the command line', () => {
    expect(searched('user:alice ip:172.31.0.225 endpoint:office since:7d status:active -user:svc-*')).toEqual(
      given({
        user: ['alice'],
        ip: ['172.31.0.225'],
        endpoint: [OFFICE],
        since: '7d',
        status: ['active'],
        not: [{ name: 'user', value: 'svc-*', isPattern: true }],
      }),
    );
    expect(searched('common-name:a username:b connection-id:c match:started until:yesterday')).toEqual(
      given({ commonName: ['a'], username: ['b'], connectionId: ['c'], match: 'started', until: 'yesterday' }),
    );
  });

  it.each<[string, Partial<Search>]>([
    ['alice', { user: ['alice'] }],
    ['172.31.0.225', { ip: ['172.31.0.225'] }],
    ['fd5a::1', { ip: ['fd5a::1'] }],
    ['-fd5a::1', { not: [{ name: 'ip', value: 'fd5a::1', isPattern: false }] }],
    ['cvpn-connection-1', { connectionId: ['cvpn-connection-1'] }],
    [OFFICE, { endpoint: [OFFICE] }],
    ['endpoint:0aaaaaaaaaaaaaaaa', { endpoint: [OFFICE] }],
    ['endpoint:"the lab"', { endpoint: ['cvpn-endpoint-0bbbbbbbbbbbbbbbb'] }],
    ['user:alice user:bob user:alice', { user: ['alice', 'bob'] }],
    ['"John Smith"', { user: ['John Smith'] }],
    [String.raw`user:"a \"b\" \\ c"`, { user: [String.raw`a "b" \ c`] }],
    ['USER:Alice', { user: ['Alice'] }],
    ['user:"*.corp.example"', { user: ['*.corp.example'] }],
    ['-user:"*.corp"', { not: [{ name: 'user', value: '*.corp', isPattern: false }] }],
    ["user:o'neill@partner.example", { user: ["o'neill@partner.example"] }],
    ['  \t', {}],
    ['at:now', { at: 'now' }],
  ])('read %s', (text, search) => {
    expect(searched(text)).toEqual(given(search));
  });

  it.each([
    ['colour:red', 'colour:red', /^user:, username:.*a name with a colon in quotes$/],
    ['user:', 'user:', /^something behind user:$/],
    ['user:al*', 'user:al*', /^a whole name: the trail finds no parts of it\. A star leaves out \(-user:al\*\)/],
    ['endpoint:nowhere', 'endpoint:nowhere', /^one of the endpoints office, "the lab"$/],
    ['status:on', 'status:on', /status:active or status:terminating/],
    ['ip:10.0.0', 'ip:10.0.0', /^an IPv4 or IPv6 address$/],
    ['match:some', 'match:some', /match:overlap or match:started/],
    ['-since:7d', '-since:7d', /^since: without a dash/],
    ['since:7d since:8d', 'since:8d', /^since: once$/],
    ['at:now since:7d', 'at:now', /not both$/],
    ['-', '-', /behind the dash$/],
  ])('say of %s what was not understood', (text, word, expected) => {
    expect(read(text).notUnderstood).toEqual([{ word, expected: expect.stringMatching(expected) }]);
  });

  it('keep what was understood beside what was not', () => {
    const { search, notUnderstood } = read('user:alice colour:red since:7d');
    expect(notUnderstood).toHaveLength(1);
    expect(search).toEqual(given({ user: ['alice'], since: '7d' }));
  });

  it('name every filter of the API', () => {
    for (const name of FILTERS) {
      const value = { ip: '10.0.0.1', endpoint: OFFICE, status: 'active' }[name as string] ?? 'x';
      expect(searched(writeWords(given({ [name]: [value] }), LABELS))[name]).toEqual([value]);
    }
  });

  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text);

  it('say the same when they are written again, and in an address, whatever the names', () => {
    const not = fc.record({ name: fc.constantFrom('user' as const, 'commonName' as const), value: name });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 3 }), fc.array(not, { maxLength: 2 }), (user, left) => {
        const notSearched = left.map((one) => ({
          ...one,
          isPattern: one.value.includes('*') && one.value.length % 2 === 0,
        }));
        const search = given({ user, since: '2026-11-20 08:00', not: notSearched });
        expect(searched(writeWords(search, LABELS))).toEqual(search);
        const { searchParams } = new URL(addressOf('/ui/connections', parametersFor(search)), 'http://x');
        expect(searchOf(searchParams).user).toEqual(user);
      }),
    );
  });

  it('never throw, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from(' :"\\-*a.@é\n\u202E\uD800'), 'user:', 'ip:', '"') }),
        (text) => {
          expect(read(text)).toBeDefined();
        },
      ),
    );
  });

  it('are completed: keys, endpoints by name, statuses, windows, and names that were seen', () => {
    expect(completions(LABELS, ['bob', 'a b', 'bob'])).toEqual(
      expect.arrayContaining([
        'user:',
        'endpoint:office',
        'endpoint:"the lab"',
        'status:active',
        'since:7d',
        'user:bob',
        'user:"a b"',
      ]),
    );
  });
});

describe('what is left out', () => {
  const row = {
    connectionId: 'c',
    endpointId: OFFICE,
    username: 'Svc-Backup.Corp',
    commonName: 'backup',
    clientIp: '10.0.0.1',
    status: 'active',
  };
  const leaves = (text: string, more: object = {}) => {
    const [first] = searched(text).not;
    if (!first) throw new Error('nothing is left out');
    return isLeftOut({ ...row, ...more } as unknown as ConnectionAnswer, first);
  };

  it.each([
    ['-user:svc-*', true],
    ['-user:*corp', true],
    ['-user:s*-*.c*p', true],
    ['-user:svc', false],
    ['-user:"svc-*"', false],
    ['-user:backup', true],
    ['-user:*', true],
    ['-user:svc-backup*backup.corp', false],
    ['-username:svc-*', false],
    ['-username:Svc-*', true],
    ['-ip:10.0.0.1', true],
    ['-ip:10.0.*', true],
    ['-ip:::ffff:10.0.0.1', true],
    ['-endpoint:office', true],
    ['-status:active', true],
  ])('by %s: %s', (text, expected) => {
    expect(leaves(text)).toBe(expected);
  });

  it('counts an inferred end as terminated, as the API does', () => {
    expect(leaves('-status:terminated', { end: { kind: 'inferred' } })).toBe(true);
    expect(leaves('-status:active', { end: { kind: 'inferred' } })).toBe(false);
  });
});
