import { describe, expect, it } from 'vitest';
import { judge } from '../support/dynamodb/guard.ts';
import { RULES } from '../support/dynamodb/rules.ts';

const schema = {
  table: { partition: 'id', sort: 'slot' },
  indexes: { byName: { partition: 'nameKey', sort: 'start' } },
  types: { id: 'S', slot: 'S', nameKey: 'S', start: 'S' },
};

type Request = readonly [operation: string, input: object];
const S = (text: string) => ({ S: text });
const TableName = 'Table';
const key = (slot: string, id = 'x') => ({ id: S(id), slot: S(slot) });
const item = (more: object): Request => ['PutItem', { TableName, Item: { ...key('1'), ...more } }];
const query = (more: object, range = '', values: object = {}): Request => [
  'Query',
  {
    TableName,
    KeyConditionExpression: `id = :id${range}`,
    ExpressionAttributeValues: { ':id': S('x'), ...values },
    ...more,
  },
];
const between = (from: string, to: string, more: object = {}) =>
  query(more, ' AND slot BETWEEN :from AND :to', { ':from': S(from), ':to': S(to) });
const filter = (FilterExpression: string, values: object = {}, more: object = {}) =>
  query({ FilterExpression, ...more }, '', values);
const ofIndex = (more: object): Request => [
  'Query',
  {
    TableName,
    IndexName: 'byName',
    KeyConditionExpression: 'nameKey = :name',
    ExpressionAttributeValues: { ':name': S('anna') },
    ...more,
  },
];
const startAt = (slot: string, id = 'x') => ({ ExclusiveStartKey: key(slot, id) });
const ofAnna = (name = 'anna') => ({ ...key('1'), nameKey: S(name), start: S('s') });
const ofA = (text: string) => ({ ':a': S(text) });
const get = (more: object): Request => ['GetItem', { TableName, Key: key('1'), ...more }];
const keys = (count: number) => Array.from({ length: count }, (_, index) => key(`${index + 1}`));
const batchGet = (Keys: object[]): Request => ['BatchGetItem', { RequestItems: { [TableName]: { Keys } } }];
const batchWrite = (items: object[]): Request => [
  'BatchWriteItem',
  { RequestItems: { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) } },
];
const transact = (items: object[]): Request => [
  'TransactWriteItems',
  { TransactItems: items.map((Item) => ({ Put: { TableName, Item } })) },
];
const transactGet = (all: object[]): Request => [
  'TransactGetItems',
  { TransactItems: all.map((Key) => ({ Get: { TableName, Key } })) },
];
const big = (bytes: number) => ({ more: S('m'.repeat(bytes - 'more'.length - 'idxslot1'.length)) });
const nested = (levels: number): object => (levels === 0 ? S('deep') : { L: [nested(levels - 1)] });
const list = (count: number, prefix: string, between = ', ') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`).join(between);
const values = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`:v${n}`, S('v')]));
const ofPlaceholder = (bytes: number) => filter(`a = :${'v'.repeat(bytes)}`, { [`:${'v'.repeat(bytes)}`]: S('v') });
const ofBytes = (bytes: number) => ({ ':v': S('v'.repeat(bytes)) });
const named = (name: string) => ({ ExpressionAttributeNames: { '#k': name } });
const bigItems = (count: number) => keys(count).map((one) => ({ ...one, ...big(390 * 1024) }));
/** So many operators: `size(a) = size(a) AND …`. */
const operators = (comparisons: number) => Array(comparisons).fill('size(a) = size(a)').join(' AND ');

/** Of each rule what it refuses, and a neighbour of it that it takes. */
const CASES: Readonly<Record<string, readonly (readonly [refused: Request, taken: Request])[]>> = {
  'a key value has one byte at least': [
    [between('', '~'), between(' ', '~')],
    [item({ nameKey: S('') }), item({ other: S('') })],
    [get({ Key: key('1', '') }), get({})],
    [query({}, ' AND begins_with(slot, :p)', { ':p': S('') }), query({})],
    [query({ ExclusiveStartKey: key('') }), query({ ExclusiveStartKey: key('1') })],
  ],
  'a partition key has 2048 bytes at most, a sort key 1024': [
    [get({ Key: key('1', 'é'.repeat(1025)) }), get({ Key: key('1', 'é'.repeat(1024)) })],
    [between(' ', '~'.repeat(1025)), between(' ', '~'.repeat(1024))],
  ],
  'a key value has the type of its definition': [
    [item({ start: { N: '1' } }), item({ size: { N: '1' } })],
    [ofIndex({ ExclusiveStartKey: { ...ofAnna(), start: { N: '1' } } }), ofIndex({ ExclusiveStartKey: ofAnna() })],
    [
      ['Scan', { TableName, ExclusiveStartKey: { ...key('1'), slot: { N: '1' } } }],
      ['Scan', { TableName }],
    ],
  ],
  'a key is all key attributes of the table and no other': [
    [get({ Key: { id: S('x') } }), get({})],
    [get({ Key: { ...key('1'), more: S('m') } }), get({})],
  ],
  'an item has all key attributes of the table': [[['PutItem', { TableName, Item: { id: S('x') } }], item({})]],
  'an item has 400 KB at most': [[item(big(400 * 1024 + 1)), item(big(400 * 1024))]],
  'a set is not empty, and has no member twice': [
    [item({ set: { SS: [] } }), item({ set: { SS: ['a'] } })],
    [item({ set: { NS: ['1', '1'] } }), item({ list: { L: [] } })],
  ],
  'a number has 38 digits at most and is below 10^126': [
    [item({ n: { N: '1'.repeat(39) } }), item({ n: { N: `-${'1'.repeat(38)}000` } })],
    [item({ n: { N: '1e126' } }), item({ n: { N: '9e125' } })],
  ],
  'values are nested 32 levels deep at most': [[item({ deep: nested(32) }), item({ deep: nested(31) })]],
  'a text is Unicode that can be encoded as UTF-8': [[item({ text: S('\ud83d') }), item({ text: S('\ud83d\ude00') })]],
  'an expression is not empty and has 4 KB at most': [
    [filter('a = :v0'.padEnd(4097), values(1)), filter('a = :v0'.padEnd(4096), values(1))],
    [get({ ProjectionExpression: '' }), get({ ProjectionExpression: 'a' })],
  ],
  'an expression has 300 operators and functions at most': [[filter(operators(76)), filter(operators(75))]],
  'IN has 100 operands at most': [
    [filter(`a IN (${list(101, ':v')})`, values(101)), filter(`a IN (${list(100, ':v')})`, values(100))],
  ],
  'a placeholder has 255 bytes at most': [[ofPlaceholder(255), ofPlaceholder(254)]],
  'names and values of placeholders have 2 MB at most': [
    [filter('a = :v', ofBytes(2 * 1024 * 1024)), filter('a = :v', ofBytes(2 * 1024 * 1024 - 10))],
  ],
  'a placeholder is defined and used': [
    [filter('a = :v'), filter('a = :v', { ':v': S('v') })],
    [query({}, '', { ':v': S('v') }), query({})],
    [get({ ProjectionExpression: '#a' }), get({ ProjectionExpression: '#a', ExpressionAttributeNames: { '#a': 'a' } })],
    [get({ ExpressionAttributeNames: {} }), get({})],
  ],
  'a bare name is letters and digits, and no reserved word': [
    [get({ ProjectionExpression: 'status' }), get({ ProjectionExpression: 'statuses' })],
    [filter('a?b = :v', { ':v': S('v') }), filter('size(a) = :v AND NOT a_b IN (:v)', { ':v': { N: '1' } })],
  ],
  'a query compares the partition key by = and the sort key once at most': [
    [query({ KeyConditionExpression: 'id > :id' }), query({ KeyConditionExpression: 'id = :id' })],
    [
      query({}, ' AND slot > :a AND slot < :b', { ':a': S('a'), ':b': S('b') }),
      query({}, ' AND slot > :a', { ':a': S('a') }),
    ],
    [
      query({}, ' AND other = :a', { ':a': S('a') }),
      query({ KeyConditionExpression: 'slot = :a AND id = :id' }, '', { ':a': S('a') }),
    ],
  ],
  'BETWEEN goes from the lower value to the higher': [
    [between('b', 'a'), between('a', 'a')],
    // In UTF-16 the first is the lower one, in UTF-8 the higher.
    [between('\u{10FFFF}', '\uFFFD'), between('\uFFFD', '\u{10FFFF}')],
  ],
  'a filter of a query has no key attribute in it': [
    [filter('#k = :v', { ':v': S('v') }, named('slot')), filter('#k = :v', { ':v': S('v') }, named('start'))],
  ],
  'a limit is 1 at least': [[query({ Limit: 0 }), query({ Limit: 1 })]],
  'a global secondary index is not read consistently': [[ofIndex({ ConsistentRead: true }), ofIndex({})]],
  'an index that is asked exists': [[ofIndex({ IndexName: 'byDay' }), ofIndex({})]],
  'a query goes on from keys of the table and of the index': [
    [ofIndex({ ExclusiveStartKey: key('1') }), ofIndex({ ExclusiveStartKey: ofAnna() })],
    [ofIndex({ ExclusiveStartKey: { ...ofAnna(), more: S('m') } }), ofIndex({})],
    [query({ ExclusiveStartKey: ofAnna() }), query(startAt('1'))],
    [
      ['Scan', { TableName, ExclusiveStartKey: { id: S('x') } }],
      ['Scan', { TableName, ...startAt('1') }],
    ],
  ],
  'a query goes on from within its partition and its range': [
    [query(startAt('1', 'y')), query(startAt('1'))],
    [ofIndex({ ExclusiveStartKey: ofAnna('berta') }), ofIndex({ ExclusiveStartKey: ofAnna() })],
    [query(startAt('2'), ' AND slot = :a', ofA('1')), query(startAt('1'), ' AND slot = :a', ofA('1'))],
    [query(startAt('2'), ' AND slot < :a', ofA('2')), query(startAt('1'), ' AND slot < :a', ofA('2'))],
    [query(startAt('3'), ' AND slot <= :a', ofA('2')), query(startAt('2'), ' AND slot <= :a', ofA('2'))],
    [query(startAt('2'), ' AND slot > :a', ofA('2')), query(startAt('3'), ' AND slot > :a', ofA('2'))],
    [query(startAt('1'), ' AND slot >= :a', ofA('2')), query(startAt('2'), ' AND slot >= :a', ofA('2'))],
    [between('a', 'c', startAt('d')), between('a', 'c', startAt('c'))],
    [between('b', 'c', startAt('a')), between('b', 'c', startAt('b'))],
    // In UTF-16 the first is the lower one, in UTF-8 the higher.
    [between('a', '\uFFFD', startAt('\u{10FFFF}')), between('a', '\u{10FFFF}', startAt('\uFFFD'))],
    [
      query(startAt('ba'), ' AND begins_with(slot, :a)', ofA('a')),
      query(startAt('ab'), ' AND begins_with(slot, :a)', ofA('a')),
    ],
  ],
  'paths of a projection do not overlap': [
    [get({ ProjectionExpression: 'a.b, a' }), get({ ProjectionExpression: 'a.b, ab, a.c, l[1], l[2]' })],
  ],
  'BatchGetItem takes 100 keys at most': [[batchGet(keys(101)), batchGet(keys(100))]],
  'BatchWriteItem takes 25 requests at most': [[batchWrite(keys(26)), batchWrite(keys(25))]],
  'TransactWriteItems takes 100 actions at most': [[transact(keys(101)), transact(keys(100))]],
  'TransactGetItems takes 100 actions at most': [[transactGet(keys(101)), transactGet(keys(100))]],
  'TransactWriteItems takes 4 MB at most': [[transact(bigItems(11)), transact(bigItems(10))]],
  'a batch or a transaction names each item once, and one at least': [
    [batchGet([key('1'), key('1')]), batchGet(keys(2))],
    [transact([]), transact(keys(2))],
    [batchWrite([key('1'), key('1')]), batchWrite(keys(2))],
  ],
};

const judged = ([operation, input]: Request) => judge(operation, JSON.stringify(input), async () => schema);

describe('the guard', () => {
  it.each(Object.entries(CASES))('knows that %s', async (rule, cases) => {
    for (const [refused, taken] of cases) {
      expect(await judged(refused)).toContain(rule);
      expect(await judged(taken)).toBeUndefined();
    }
  });

  it('has no rule that is not tried, and none without a source', () => {
    expect(new Set(Object.keys(CASES))).toEqual(new Set(RULES.map(({ name }) => name)));
    expect(RULES.filter(({ source }) => !source.startsWith('https://'))).toEqual([]);
  });
});
