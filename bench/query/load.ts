import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import { importTables } from '../import-tables.ts';
import { OPTIONS, startTrailStore, type TrailStore } from '../trail.ts';
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
 * Stores the connections of a history, until the store is closed. A million take about ten minutes and, in the temporary folder,
 * 20 GB.
 */
export async function loadStore(history: CompanyHistory, say: (progress: string) => void): Promise<TrailStore> {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-bench-'));
  const remove = () => rmSync(folder, { recursive: true });
  try {
    const file = await importTables(folder, { [OPTIONS.CONNECTIONS_TABLE]: itemsOf(history, say) });
    const store = await startTrailStore(file);
    return { ...store, close: () => store.close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

function* itemsOf({ visits, recording }: CompanyHistory, say: (progress: string) => void) {
  for (const [index, visit] of visits.entries()) {
    if (index % SAID_EVERY === 0) say(`${index.toLocaleString('en')} connections made`);
    yield itemOf(visit, recording);
  }
  say('importing them');
}
