import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbProjection } from '../dynamodb/dynamodb-projection.ts';
import { DynamoDbSnapshotLog } from '../dynamodb/dynamodb-snapshot-log.ts';
import { projectLog } from './project.ts';

/**
 * Rebuilds the projection from the log into a new table. After an interruption it continues from that table's own
 * watermarks. The log is only read.
 *
 * @param retentionDays the recorder's retention; absent means forever
 * @param onProgress gets how many entries of an endpoint's log are projected, and how many it has
 */
export async function rebuild(
  ports: { readonly documents: DynamoDBDocumentClient; readonly now: () => Date },
  tables: { readonly snapshotsTable: string; readonly connectionsTable: string },
  retentionDays?: number,
  onProgress?: (progress: { endpointId: string; entries: number; of: number }) => void,
): Promise<{ readonly endpoints: number; readonly entries: number }> {
  const log = new DynamoDbSnapshotLog(ports.documents, tables.snapshotsTable);
  const projection = new DynamoDbProjection(ports.documents, tables.connectionsTable);
  const logs = (await log.readEndpoints()).flatMap(({ head }) => (head ? [head] : []));
  let entries = 0;
  for (const { endpointId, entry } of logs) {
    await projectLog(
      {
        log,
        projection,
        now: ports.now,
        retentionDays,
        onProjected: (manifest) => onProgress?.({ endpointId, entries: manifest.entry + 1, of: entry + 1 }),
      },
      endpointId,
    );
    entries += entry + 1;
  }
  return { endpoints: logs.length, entries };
}
