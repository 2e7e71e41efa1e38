/** The option of a parameter: `connectionId` is `--connection-id`. */
export function optionOf(parameter: string): string {
  return `--${parameter.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * A question's filters as options of the command: there `region` is the Region of the API and its credentials, as in all of AWS's tools,
 * and that of the endpoints is `endpointRegion`.
 */
export function optionsOf<Value>(filters: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(filters).map(([name, value]) => [attributeOf(name), value]));
}

/** The name among the command's options of a filter. */
export const attributeOf = (filter: string): string => (filter === 'region' ? 'endpointRegion' : filter);

/** A word, quoted for a shell. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
