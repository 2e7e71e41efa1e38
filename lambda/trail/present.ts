/**
 * Only the members that have a value: values that AWS did not give are absent, never undefined.
 *
 * @param names the members that count; by default all
 */
export function present<From extends object, Name extends keyof From = keyof From>(
  from: From,
  names: readonly Name[] = Object.keys(from) as Name[],
): { [K in Name]?: Exclude<From[K], undefined> } {
  const found: { [K in Name]?: From[K] } = {};
  for (const name of names) if (from[name] !== undefined) found[name] = from[name];
  return found as { [K in Name]?: Exclude<From[K], undefined> };
}
