import { FILTERS } from '../../lambda/query/parameters/definitions.ts';
import { type Parameters, parametersOf } from '../question.ts';

/** What is left out of what the trail answers: a filter, and a value in which `*` stands for anything unless it was quoted. */
export interface LeftOut {
  readonly name: (typeof FILTERS)[number];
  readonly value: string;
  readonly isPattern: boolean;
}

export const TIMES = ['since', 'until', 'at'] as const;

/** The filters of the API by their names there. */
export type Filters = { readonly [Name in (typeof FILTERS)[number]]: readonly string[] };

/**
 * A search for connections: what the search box, the fields beside it and the address of the page all say. Times are as they were
 * written, like `7d`.
 */
export interface Search extends Filters {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly at?: string | undefined;
  readonly match?: string | undefined;
  readonly not: readonly LeftOut[];
}

/** Reads the parameters of an address: the API's own names, and `not=user:svc-*` for what is left out. */
export function searchOf(search: URLSearchParams): Search {
  const given = parametersOf(search);
  const valuesOf = (name: string) => (given[name] ?? []).map((value) => value.trim()).filter((value) => value !== '');
  const one = (name: string) => valuesOf(name)[0];
  const filters = Object.fromEntries(FILTERS.map((name) => [name, valuesOf(name)])) as unknown as Filters;
  const not = valuesOf('not').flatMap((text) => readLeftOut(text) ?? []);
  return { ...filters, since: one('since'), until: one('until'), at: one('at'), match: one('match'), not };
}

function readLeftOut(text: string): LeftOut | undefined {
  const [, name, quoted, plain = ''] = /^(\w+):(?:"(.*)"|(.*))$/s.exec(text) ?? [];
  const filter = FILTERS.find((one) => one === name);
  return filter && { name: filter, value: quoted ?? plain, isPattern: quoted === undefined && plain.includes('*') };
}

/** What an address may have beside a search: how the answer is shown. */
const VIEW = ['sort', 'columns', 'limit', 'cursor', 'tz'];

/** What of an address is no part of a search: an answer without it would be one to another question. */
export function strangeIn(search: URLSearchParams): { readonly word: string; readonly expected: string }[] {
  const known: readonly string[] = [...FILTERS, ...TIMES, 'match', 'not', ...VIEW];
  return [...search].flatMap(([name, value]) => {
    if (!known.includes(name))
      return [{ word: `${name}=${value}`, expected: `a parameter that there is: ${known.join(', ')}` }];
    const isWrong = name === 'not' && value.trim() !== '' && readLeftOut(value.trim()) === undefined;
    return isWrong ? [{ word: `not=${value}`, expected: 'a filter and a value, like user:svc-*' }] : [];
  });
}

/** The parameters of an address that {@link searchOf} reads as the same. */
export function parametersFor({ not, ...search }: Search): Parameters {
  const written = not.map(
    ({ name, value, isPattern }) => `${name}:${isPattern || !value.includes('*') ? value : `"${value}"`}`,
  );
  return { ...search, not: written };
}

/** A search for nothing in particular. */
export const NO_SEARCH = searchOf(new URLSearchParams());
