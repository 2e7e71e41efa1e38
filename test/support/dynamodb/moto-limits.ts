/** What moto cannot do: tests by their names, or by a part of their file's, each with its reason. Everything else runs on it as well. */
export const MOTO_LIMITS: readonly { readonly tests: readonly string[]; readonly reason: string }[] = [
  {
    tests: ['store.test.ts: is metered'],
    reason: 'its TransactWriteItems says no ConsumedCapacity, and what the others say leaves indexes out',
  },
];
