/**
 * An event's values by dotted path. What is `unmapped` is not taken apart further: it has the connection's own members. A name
 * that has a dot itself, as none of ours has, is quoted, so that it cannot pass for a path.
 */
export function flatten(event: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(entriesOf(event, '', false));
}

function entriesOf(object: object, before: string, areLeaves: boolean): [path: string, value: unknown][] {
  return Object.entries(object).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
    const path = before + (name.includes('.') ? JSON.stringify(name) : name);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (areLeaves || !isObject || Object.keys(value).length === 0) return [[path, value]];
    return entriesOf(value, `${path}.`, path === 'unmapped');
  });
}
