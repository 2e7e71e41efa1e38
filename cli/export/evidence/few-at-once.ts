/** Requests that are under way at a time: API Gateway's default limits are far above, and one machine has few processors. */
const AT_ONCE = 6;

/**
 * Does something with each of the items, a few at a time. After a failure no other is begun; those under way are finished, so that
 * what they brought is not lost.
 *
 * @throws the first failure
 */
export async function eachFewAtOnce<T>(items: Iterable<T>, act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items].values();
  const failures: unknown[] = [];
  const worker = async () => {
    for (const item of waiting) {
      if (failures.length > 0) return;
      await act(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failures.length > 0) throw failures[0];
}
