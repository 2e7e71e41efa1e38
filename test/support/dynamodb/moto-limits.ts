const UNITS = 'TransactWriteItems of moto says no ConsumedCapacity, and its other writes leave indexes out';
const COPY = 'it copies a data folder: what moto holds is in no file that could be copied along';

/** What moto cannot do: files, or tests in one, each with its reason. Everything else runs on it as well. */
export const MOTO_LIMITS: readonly { readonly file: string; readonly test?: string; readonly reason: string }[] = [
  { file: 'store.test.ts', test: 'is metered', reason: UNITS },
  {
    file: 'recording.test.ts',
    test: 'costs no write on a connection whose counters alone have changed',
    reason: UNITS,
  },
  { file: 'recording.test.ts', test: 'is not stored again where it is the same', reason: UNITS },
  {
    file: 'query-coverage-cost.test.ts',
    reason: 'a year of snapshots is imported, which the embedded engine alone does',
  },
  {
    file: 'kill-nine.test.ts',
    reason:
      'it writes long rows and their connections twenty times over, for which moto takes minutes; kill -9 there is the recorder’s, as on the embedded engine',
  },
  { file: 'recover.test.ts', reason: COPY },
  { file: 'verify-command.test.ts', reason: COPY },
  {
    file: 'embedded-dynamodb.test.ts',
    test: 'passes on the words of an engine that does not start',
    reason: 'they are those of the embedded engine: moto has no file to fail at',
  },
];
