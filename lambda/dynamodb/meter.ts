import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';

/** Adds up the write units that DynamoDB reports as consumed, including indexes. */
export class Meter {
  #writeUnits = 0;

  get writeUnits(): number {
    return this.#writeUnits;
  }

  /** Adds the units of one write, which must set `ReturnConsumedCapacity: 'TOTAL'`. */
  add(consumed: ConsumedCapacity | readonly ConsumedCapacity[] | undefined): void {
    for (const one of [consumed ?? []].flat()) this.#writeUnits += one.WriteCapacityUnits ?? one.CapacityUnits ?? 0;
  }
}
