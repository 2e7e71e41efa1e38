/**
 * Reads one after the other, some ahead of what is asked for, and answers in order.
 *
 * @param ahead how many reads are under way at a time
 */
export async function* inOrder<T, R>(all: Iterable<T>, ahead: number, read: (one: T) => Promise<R>): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  for (const one of all) {
    const reading = read(one);
    // Its failure is met when it is awaited; until then it must not count as unhandled.
    reading.catch(() => undefined);
    if (underWay.push(reading) >= ahead) yield (await underWay.shift()) as R;
  }
  for (const reading of underWay) yield await reading;
}
