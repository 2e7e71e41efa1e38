/** A word of an expression: a placeholder of a name or value, a bare word, a number, or a sign. */
export interface Token {
  readonly kind: 'name' | 'value' | 'word' | 'number' | 'sign' | 'unknown';
  readonly text: string;
}

/** A condition on a key attribute: `=`, `<` …, `BETWEEN` or `BEGINS_WITH`, with the placeholders of its values. */
export interface KeyCondition {
  readonly attribute: string;
  readonly operator: string;
  readonly values: readonly string[];
}

const TOKEN =
  /(?<name>#\w+)|(?<value>:\w+)|(?<word>[A-Za-z]\w*)|(?<number>\d+)|(?<sign><=|>=|<>|[=<>+\-(),.[\]])|(?<unknown>\S)/g;

/** The program asks with few expressions, and with each of them thousands of times. */
function readOnce<Read>(read: (text: string) => Read): (text: string) => Read {
  const done = new Map<string, Read>();
  return (text) => {
    const found = done.get(text) ?? read(text);
    done.set(text, found);
    return found;
  };
}

/** The words of an expression; what belongs in none is `unknown`. */
export const tokensOf = readOnce((text): readonly Token[] =>
  [...text.matchAll(TOKEN)].map(({ groups = {} }) => {
    const [kind, word] = Object.entries(groups).find(([, found]) => found !== undefined) ?? ['unknown', ''];
    return { kind: kind as Token['kind'], text: word };
  }),
);

const KEYWORDS = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN', 'SET', 'REMOVE', 'ADD', 'DELETE']);
const isFunction = (tokens: readonly Token[], index: number) =>
  tokens[index]?.kind === 'word' && tokens[index + 1]?.text === '(' && !isKeyword(tokens[index]);
const isKeyword = ({ kind, text }: Token) => kind === 'word' && KEYWORDS.has(text.toUpperCase());

/** The attribute names that stand in an expression as they are. */
export function bareNames(tokens: readonly Token[]): string[] {
  return tokens
    .filter((token, index) => token.kind === 'word' && !isKeyword(token) && !isFunction(tokens, index))
    .map(({ text }) => text);
}

/** Operators and functions; the AND of a BETWEEN is a part of that, the `=` of a SET assigns. */
export function countOperators(tokens: readonly Token[], assigns: boolean): number {
  const words = tokens.filter((token, index) => isKeyword(token) || isFunction(tokens, index));
  const signs = tokens.filter(({ kind, text }) => kind === 'sign' && (assigns ? /^[+-]$/ : /^[<>=+-]+$/).test(text));
  const betweens = words.filter(({ text }) => text.toUpperCase() === 'BETWEEN').length;
  const clauses = words.filter(({ text }) => /^(SET|REMOVE|ADD|DELETE)$/i.test(text)).length;
  return words.length + signs.length - betweens - clauses;
}

/** The most operands that an IN of the expression has. */
export const mostOperandsOfIn = readOnce((text) =>
  Math.max(0, ...[...text.matchAll(/\bIN\s*\(([^)]*)\)/gi)].map(([, list = '']) => list.split(',').length)),
);

/** The document paths of a projection, element by element. */
export function projectedPaths(text: string, names: Readonly<Record<string, string>>): string[][] {
  return text.split(',').map((path) => {
    const elements = path.trim().split(/\.|(?=\[)/);
    return elements.map((element) => names[element] ?? element);
  });
}

const CONDITION =
  /([#\w]+)\s*(<=|>=|<|>|=)\s*(:\w+)|([#\w]+)\s+(BETWEEN)\s+(:\w+)\s+AND\s+(:\w+)|(begins_with)\s*\(\s*([#\w]+)\s*,\s*(:\w+)\s*\)/gi;

/** The same with placeholders of names; false where the expression is none. */
const readConditions = readOnce((text): readonly KeyCondition[] | false => {
  if (/[^\s()]/.test(text.replaceAll(CONDITION, '').replaceAll(/\bAND\b/gi, ''))) return false;
  return [...text.matchAll(CONDITION)].map(([, name, sign, value, between, , from, to, , begun, prefix]) => {
    const values = [value, from, to, prefix].filter((found) => found !== undefined);
    const operator = sign ?? (between === undefined ? 'BEGINS_WITH' : 'BETWEEN');
    return { attribute: name ?? between ?? begun ?? '', operator, values };
  });
});

/** The conditions of a key condition expression; undefined where it is none. */
export function keyConditions(text: string, names: Readonly<Record<string, string>>): KeyCondition[] | undefined {
  const read = readConditions(text);
  return read ? read.map((one) => ({ ...one, attribute: names[one.attribute] ?? one.attribute })) : undefined;
}
