import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';

/** Adds up the write units that DynamoDB says were consumed, indexes included. */
export class Meter {
  #writeUnits = 0;

  get writeUnits(): number {
    return this.#writeUnits;
  }

  /** Adds what one answer to a write says; a write asks for it with `ReturnConsumedCapacity: 'TOTAL'`. */
  add(consumed: ConsumedCapacity | readonly ConsumedCapacity[] | undefined): void {
    for (const one of [consumed ?? []].flat()) this.#writeUnits += one.WriteCapacityUnits ?? one.CapacityUnits ?? 0;
  }
}
