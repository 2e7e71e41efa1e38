/**
 * Reads ahead, and returns results in order.
 *
 * @param ahead the number of concurrent reads
 */
export async function* inOrder<T, R>(all: Iterable<T>, ahead: number, read: (one: T) => Promise<R>): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  for (const one of all) {
    const reading = read(one);
    // Its failure surfaces when it is awaited; until then it must not count as unhandled.
    reading.catch(() => undefined);
    if (underWay.push(reading) >= ahead) yield (await underWay.shift()) as R;
  }
  for (const reading of underWay) yield await reading;
}
