import { CsvError, parse } from 'csv-parse/sync';
import { nameKey } from '../../lambda/trail/name-key.ts';

/** One of those who may connect, under each name that the list has for them. */
export interface ListedPerson {
  readonly names: readonly string[];
  /** Of the file, from 1. */
  readonly line: number;
}

/** Columns that name people as AWS may: without case, spaces and punctuation. */
const COLUMNS = [
  'user',
  'username',
  'userid',
  'login',
  'email',
  'emailaddress',
  'mail',
  'commonname',
  'cn',
  'upn',
  'userprincipalname',
  'samaccountname',
];
const EXPECTED = 'a header with a column user, username, email or common name';
/** As spreadsheets write CSV in one country or another. */
const DELIMITERS = [',', ';', '\t'];

/**
 * Reads a list of people: CSV with a header, separated by commas, semicolons or tabs. Of several columns that name people each is a
 * name of the same person; lines without a name are left out.
 *
 * @throws TypeError that says what was expected, if it is no such list
 */
export function readPeopleList(text: string): ListedPerson[] {
  const [first = ''] = text.split(/\r?\n/, 1);
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: first.split(delimiter).length }));
  const [{ delimiter } = { delimiter: ',' }] = counts.sort((one, other) => other.count - one.count);
  const [header, ...rows] = recordsOf(text, delimiter);
  const columns = (header?.record ?? []).map((name) => name.toLowerCase().replaceAll(/[^a-z]/g, ''));
  const named = [...columns.keys()].filter((column) => COLUMNS.includes(columns[column] ?? ''));
  if (header === undefined) throw new TypeError(`it is empty; expected ${EXPECTED}`);
  if (named.length === 0)
    throw new TypeError(`its first line is "${header.record.join(delimiter)}"; expected ${EXPECTED}`);
  return rows.flatMap(({ record, info: { lines } }) => {
    const names = named.map((column) => record[column]?.trim() ?? '').filter((name) => name !== '' && name !== '-');
    return names.length > 0 ? [{ names, line: lines }] : [];
  });
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function recordsOf(text: string, delimiter: string): CsvRecord[] {
  try {
    const options = { delimiter, info: true, relax_column_count: true, skip_empty_lines: true, bom: true } as const;
    return parse(text, options) as unknown as CsvRecord[];
  } catch (error) {
    throw error instanceof CsvError ? new TypeError(`it is no CSV: ${error.message}`) : error;
  }
}

/** The people of a list by the keys of their names; who is in it twice counts once. */
export function peopleByName(list: readonly ListedPerson[]): Map<string, ListedPerson> {
  const people = new Map<string, ListedPerson>();
  for (const person of list) {
    const keys = person.names.map(nameKey);
    const known = keys.map((key) => people.get(key)).find((one) => one !== undefined);
    for (const key of keys) people.set(key, people.get(key) ?? known ?? person);
  }
  return people;
}
