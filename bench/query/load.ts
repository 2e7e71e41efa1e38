import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import { importTables } from '../import-tables.ts';
import { inFolder } from '../processes.ts';
import { type BenchStore, inStore, OPTIONS } from '../trail.ts';
import type { CompanyHistory, Visit } from './history.ts';
import { projectVisit } from './projected.ts';
import type { Recording } from './recording.ts';

/** Connections between two words about how far it is. */
const SAID_EVERY = 20_000;

const itemOf = (visit: Visit, recording: Recording) => toConnectionItem(projectVisit(visit, recording), undefined);

/** A connection's item as DynamoDB has it. */
export function storedItem(visit: Visit, recording: Recording): Record<string, AttributeValue> {
  return marshall(itemOf(visit, recording), { removeUndefinedValues: true });
}

/**
 * Works with a store that has the connections of a history. A million take about ten minutes and, in the temporary folder,
 * 20 GB.
 */
export function withHistory(history: CompanyHistory, work: (store: BenchStore) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const file = await importTables(folder, { [OPTIONS.CONNECTIONS_TABLE]: itemsOf(history) });
    await inStore(work, file);
  });
}

function* itemsOf({ visits, recording }: CompanyHistory) {
  for (const [index, visit] of visits.entries()) {
    if (index % SAID_EVERY === 0) console.error(`${index.toLocaleString('en')} connections made`);
    yield itemOf(visit, recording);
  }
  console.error('importing them');
}
