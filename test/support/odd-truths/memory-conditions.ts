import { type Token, tokensOf } from '../dynamodb/expressions.ts';

type Item = Readonly<Record<string, unknown>>;
type Test = (item: Item, names: Readonly<Record<string, string>>, values: Item) => boolean;

const COMPARISONS: Readonly<Record<string, (one: never, other: never) => boolean>> = {
  // Lists are equal by what they hold.
  '=': (one, other) => one === other || (Array.isArray(one) && JSON.stringify(one) === JSON.stringify(other)),
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
  '<>': (one, other) => one !== other,
};

const known = new Map<string, Test>();

/** Whether an item meets a condition expression, or a key condition. */
export function meets(item: Item, expression: string, names = {}, values: Item = {}): boolean {
  const test = known.get(expression) ?? parse(expression);
  known.set(expression, test);
  return test(item, names, values);
}

function parse(expression: string): Test {
  const tokens = [...tokensOf(expression)];
  const test = readEither(tokens);
  if (tokens.length > 0) throw new TypeError(`the tables in memory do not read ${expression}`);
  return test;
}

const isNext = (tokens: Token[], word: string): boolean => tokens[0]?.text.toUpperCase() === word;
const take = (tokens: Token[]): string => tokens.shift()?.text ?? '';

function readEither(tokens: Token[]): Test {
  let test = readBoth(tokens);
  while (isNext(tokens, 'OR')) {
    take(tokens);
    const [one, other] = [test, readBoth(tokens)];
    test = (...given) => one(...given) || other(...given);
  }
  return test;
}

function readBoth(tokens: Token[]): Test {
  let test = readOne(tokens);
  while (isNext(tokens, 'AND')) {
    take(tokens);
    const [one, other] = [test, readOne(tokens)];
    test = (...given) => one(...given) && other(...given);
  }
  return test;
}

function readOne(tokens: Token[]): Test {
  const word = take(tokens);
  if (word === '(') {
    const test = readEither(tokens);
    take(tokens);
    return test;
  }
  if (word.toUpperCase() === 'NOT') {
    const test = readOne(tokens);
    return (...given) => !test(...given);
  }
  if (word === 'attribute_exists' || word === 'attribute_not_exists') {
    const [, attribute] = [take(tokens), take(tokens), take(tokens)];
    return (item, names) => (names[attribute] ?? attribute) in item === (word === 'attribute_exists');
  }
  if (isNext(tokens, 'BETWEEN')) {
    const [, from, , to] = [take(tokens), take(tokens), take(tokens), take(tokens)];
    return (item, names, values) => {
      const value = item[names[word] ?? word] as string;
      return value >= (values[from] as string) && value <= (values[to] as string);
    };
  }
  const [compares, placeholder] = [COMPARISONS[take(tokens)], take(tokens)];
  if (!compares) throw new TypeError('the tables in memory do not know this comparison');
  return (item, names, values) => {
    const value = item[names[word] ?? word];
    return value !== undefined && compares(value as never, values[placeholder] as never);
  };
}
