/** A pure function of a number that remembers its last `capacity` results. */
export function recently<T>(capacity: number, compute: (key: number) => T): (key: number) => T {
  const results = new Map<number, T>();
  return (key) => {
    const known = results.get(key);
    if (known !== undefined) return known;
    const result = compute(key);
    results.set(key, result);
    const oldest = results.keys().next();
    if (results.size > capacity && !oldest.done) results.delete(oldest.value);
    return result;
  };
}
