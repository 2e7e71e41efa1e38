import { bareNames, countOperators, mostOperandsOfIn, projectedPaths } from './expressions.ts';
import { RESERVED } from './reserved-words.ts';
import type { Statement } from './statement.ts';
import { bytesOf, compared, itemBytes, significantDigits, typed, WITHIN } from './values.ts';

/** What DynamoDB refuses. */
export interface Rule {
  readonly name: string;
  /** Where that is said. */
  readonly source: string;
  /** What breaks it, of the statements of one request; undefined or empty where nothing does. */
  readonly broken: (statements: readonly Statement[], operation: string) => string | undefined;
}

const GUIDE = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/';
const API = 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_';
const CONSTRAINTS = `${GUIDE}Constraints.html`;
const TYPES = `${GUIDE}HowItWorks.NamingRulesDataTypes.html`;
const NAMES = `${GUIDE}Expressions.ExpressionAttributeNames.html`;

/** A rule about each statement by itself. */
const each = (
  name: string,
  source: string,
  broken: (statement: Statement) => readonly (string | undefined | false)[],
): Rule => ({
  name,
  source,
  broken: (statements) => statements.flatMap(broken).find((found) => typeof found === 'string'),
});

/** A rule about how much one request may hold. */
const atMost = (
  name: string,
  operation: string,
  limit: number,
  count: (statements: readonly Statement[]) => number,
): Rule => ({
  name,
  source: `${API}${operation}.html`,
  broken: (statements, asked) => {
    const counted = asked === operation ? count(statements) : 0;
    return counted > limit ? `${counted}` : undefined;
  },
});

const keysOf = (statements: readonly Statement[]) => statements.reduce((sum, { keys }) => sum + keys.length, 0);
const bytesWritten = (statements: readonly Statement[]) =>
  statements.reduce((sum, { input }) => sum + itemBytes(input.Item ?? input.Key ?? {}), 0);

/** The primary keys that a request names, as texts. */
const named = ({ input, keys, schema: { table } }: Statement) =>
  [...keys, ...(input.Item ? [input.Item] : [])].map((item) =>
    JSON.stringify([input.TableName, item[table.partition], table.sort !== undefined && item[table.sort]]),
  );
const placeholders = ({ expressions }: Statement, kind: 'name' | 'value') =>
  new Set(expressions.flatMap(({ tokens }) => tokens.filter((token) => token.kind === kind).map(({ text }) => text)));
/** What DynamoDB refuses of what the SDK lets pass, so far as its documentation says it. */
export const RULES: readonly Rule[] = [
  each('a query compares the partition key by = and the sort key once at most', `${API}Query.html`, (statement) => {
    const { operation, asked, conditions } = statement;
    if (operation !== 'Query' || !asked) return [];
    const [partition, sort, ...more] = [...(conditions ?? [])].sort((one) =>
      one.attribute === asked.partition ? -1 : 1,
    );
    const isRight =
      partition?.attribute === asked.partition &&
      partition.operator === '=' &&
      (!sort || sort.attribute === asked.sort);
    return [(!isRight || more.length > 0) && (statement.input.KeyConditionExpression ?? 'there is no condition')];
  }),
  each('a key value has one byte at least', CONSTRAINTS, ({ keyUses }) =>
    keyUses.map(({ attribute, value }) => bytesOf(value) === 0 && attribute),
  ),
  each('a partition key has 2048 bytes at most, a sort key 1024', CONSTRAINTS, ({ keyUses }) =>
    keyUses.map(({ attribute, role, value }) => bytesOf(value) > (role === 'sort' ? 1024 : 2048) && attribute),
  ),
  each('a key value has the type of its definition', TYPES, ({ keyUses, schema }) =>
    keyUses.map(({ attribute, value }) => typed(value)[0] !== schema.types[attribute] && attribute),
  ),
  each('a key is all key attributes of the table and no other', `${API}GetItem.html`, ({ keys, schema: { table } }) =>
    keys.map((key) => !sameNames(key, [table.partition, table.sort]) && Object.keys(key).join()),
  ),
  each('an item has all key attributes of the table', `${API}PutItem.html`, ({ input: { Item }, schema: { table } }) =>
    [table.partition, table.sort].map((name) => Item && name !== undefined && !Item[name] && name),
  ),
  each('an item has 400 KB at most', CONSTRAINTS, ({ input: { Item = {} } }) => {
    const bytes = itemBytes(Item);
    return [bytes > 400 * 1024 && `${bytes} bytes`];
  }),
  each('a set is not empty, and has no member twice', TYPES, ({ values }) =>
    values.map(({ type, content }) => {
      const members = /^[SNB]S$/.test(type) ? (content as unknown[]) : undefined;
      return members && (members.length === 0 || new Set(members).size < members.length) && type;
    }),
  ),
  each('a number has 38 digits at most and is below 10^126', CONSTRAINTS, ({ values }) =>
    values.map(({ type, content }) => {
      const number = type === 'N' ? String(content) : '0';
      return !(significantDigits(number) <= 38 && Math.abs(Number(number)) < 1e126) && number;
    }),
  ),
  each('values are nested 32 levels deep at most', CONSTRAINTS, ({ values }) =>
    values.map(({ depth }) => depth >= 32 && `${depth}`),
  ),
  each('a text is Unicode that can be encoded as UTF-8', TYPES, ({ values }) =>
    values.map(({ type, content }) => type === 'S' && !String(content).isWellFormed() && String(content)),
  ),
  each('an expression is not empty and has 4 KB at most', CONSTRAINTS, ({ expressions }) =>
    expressions.map(({ field, text }) => (text.trim() === '' || Buffer.byteLength(text) > 4096) && field),
  ),
  each('an expression has 300 operators and functions at most', CONSTRAINTS, ({ expressions }) =>
    expressions.map(({ field, tokens }) => countOperators(tokens, field === 'UpdateExpression') > 300 && field),
  ),
  each('IN has 100 operands at most', CONSTRAINTS, ({ expressions }) =>
    expressions.map(({ field, text }) => mostOperandsOfIn(text) > 100 && field),
  ),
  each('a placeholder has 255 bytes at most', CONSTRAINTS, (statement) =>
    (['name', 'value'] as const).flatMap((kind) => [...placeholders(statement, kind)].map((p) => p.length > 255 && p)),
  ),
  each('names and values of placeholders have 2 MB at most', CONSTRAINTS, ({ names, input }) => {
    const values = itemBytes(input.ExpressionAttributeValues ?? {});
    const bytes = Object.entries(names).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), values);
    return [bytes > 2 * 1024 * 1024 && `${bytes} bytes`];
  }),
  each('a placeholder is defined and used', NAMES, (statement) =>
    (['name', 'value'] as const).flatMap((kind) => {
      const { ExpressionAttributeNames, ExpressionAttributeValues } = statement.input;
      const given = kind === 'name' ? ExpressionAttributeNames : ExpressionAttributeValues;
      const defined = new Set(Object.keys(given ?? {}));
      const used = placeholders(statement, kind);
      return [given && defined.size === 0 && `no ${kind} is given`, ...used.symmetricDifference(defined)];
    }),
  ),
  each('a bare name is letters and digits, and no reserved word', `${GUIDE}ReservedWords.html`, ({ expressions }) =>
    expressions.flatMap(({ tokens }) => [
      ...bareNames(tokens).map((name) => RESERVED.has(name.toUpperCase()) && name),
      ...tokens.map(({ kind, text }) => kind === 'unknown' && text),
    ]),
  ),
  // Not in the documentation; seen of DynamoDB by the conformance suite at https://paritysuite.org.
  each('BETWEEN goes from the lower value to the higher', 'https://paritysuite.org', ({ conditions = [], input }) =>
    conditions.map(({ operator, values }) => {
      const [from = {}, to = {}] = values.map((placeholder) => input.ExpressionAttributeValues?.[placeholder] ?? {});
      const isBackwards = operator.toUpperCase() === 'BETWEEN' && compared(from, to) > 0;
      return isBackwards && `${String(typed(from)[1])} to ${String(typed(to)[1])}`;
    }),
  ),
  each(
    'a filter of a query has no key attribute in it',
    `${API}Query.html`,
    ({ operation, asked, names, expressions }) =>
      expressions
        .filter(({ field }) => operation === 'Query' && field === 'FilterExpression')
        .flatMap(({ tokens }) => tokens.map(({ text }) => names[text] ?? text))
        .map((name) => (name === asked?.partition || name === asked?.sort) && name),
  ),
  each('a limit is 1 at least', `${API}Query.html`, ({ input: { Limit } }) => [
    Limit !== undefined && !(Number.isInteger(Limit) && Limit >= 1) && `${Limit}`,
  ]),
  each('a global secondary index is not read consistently', `${API}Query.html`, ({ input }) => [
    input.IndexName !== undefined && input.ConsistentRead === true && input.IndexName,
  ]),
  each('an index that is asked exists', `${API}Query.html`, ({ asked, input }) => [!asked && input.IndexName]),
  each('a query goes on from keys of the table and of the index', `${API}Query.html`, (statement) => {
    const { asked, input, schema } = statement;
    const expected = [schema.table.partition, schema.table.sort, asked?.partition, asked?.sort];
    const start = input.ExclusiveStartKey;
    return [start && !sameNames(start, expected) && Object.keys(start).join()];
  }),
  // Only a LastEvaluatedKey of the same query is one to go on from, and those are within what it asks for.
  each('a query goes on from within its partition and its range', `${API}Query.html`, ({ conditions = [], input }) =>
    conditions.map(({ attribute, operator, values }) => {
      const start = input.ExclusiveStartKey?.[attribute];
      const bounds = values.map((placeholder) => input.ExpressionAttributeValues?.[placeholder] ?? {});
      return start && !WITHIN[operator.toUpperCase()]?.(start, ...bounds) && attribute;
    }),
  ),
  each('paths of a projection do not overlap', `${API}GetItem.html`, ({ input: { ProjectionExpression }, names }) => {
    const paths = projectedPaths(ProjectionExpression ?? '', names).map((path) => `${path.join('.')}.`);
    return paths.map((path, place) => paths.some((other, at) => at !== place && other.startsWith(path)) && path);
  }),
  atMost('BatchGetItem takes 100 keys at most', 'BatchGetItem', 100, keysOf),
  atMost('BatchWriteItem takes 25 requests at most', 'BatchWriteItem', 25, ({ length }) => length),
  atMost('TransactWriteItems takes 100 actions at most', 'TransactWriteItems', 100, ({ length }) => length),
  atMost('TransactWriteItems takes 4 MB at most', 'TransactWriteItems', 4 * 1024 * 1024, bytesWritten),
  atMost('TransactGetItems takes 100 actions at most', 'TransactGetItems', 100, ({ length }) => length),
  {
    name: 'a batch or a transaction names each item once, and one at least',
    source: `${API}TransactWriteItems.html`,
    broken: (statements, operation) => {
      if (!/^(Batch|Transact)/.test(operation)) return undefined;
      const items = statements.flatMap(named);
      return items.length === 0 ? 'none' : items.find((item, place) => items.indexOf(item) < place);
    },
  },
];

function sameNames(key: object, expected: readonly (string | undefined)[]): boolean {
  const wanted = new Set(expected.filter((name) => name !== undefined));
  return new Set(Object.keys(key)).symmetricDifference(wanted).size === 0;
}
