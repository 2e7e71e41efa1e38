/**
 * Does something with each of the items, a few at a time. After a failure no other is begun; those under way are finished, so that
 * what they brought is not lost.
 *
 * @returns what came of each, in the order of the items
 * @throws the first failure
 */
export async function fewAtOnce<T, R>(items: Iterable<T>, atOnce: number, act: (item: T) => Promise<R>): Promise<R[]> {
  const waiting = [...items].entries();
  const results: R[] = [];
  const failures: unknown[] = [];
  const worker = async () => {
    for (const [index, item] of waiting) {
      if (failures.length > 0) return;
      try {
        results[index] = await act(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
