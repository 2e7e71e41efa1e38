import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AccessLog } from '../dynamodb/access-log.ts';
import { DynamoDbLogReads } from '../dynamodb/log-reads.ts';
import { DynamoDbTrailReads, type TrailReadsOptions } from '../dynamodb/trail-reads.ts';
import type { Caller } from './answering.ts';
import type { QuerySettings } from './env.ts';
import type { RoutePorts } from './routes/route.ts';

/** The ports of the query app. */
export interface QueryPorts {
  readonly documents: DynamoDBDocumentClient;
  readonly settings: QuerySettings;
  readonly now: () => Date;
  /** Gets the internal details of a failure, which the caller does not get. */
  readonly onError: (error: unknown) => void;
  readonly onRead?: TrailReadsOptions['onRead'];
  /** Gets the cost of each access record. */
  readonly onNote?: ConstructorParameters<typeof AccessLog>[2];
}

/** What a request brings beside itself. */
export interface QueryBindings {
  readonly caller: Caller;
}

/** The stores behind the answers, over DynamoDB. */
export function routePortsOf({ documents, settings, now, onRead, onNote }: QueryPorts): RoutePorts {
  return {
    reads: new DynamoDbTrailReads(documents, {
      snapshotsTable: settings.SNAPSHOTS_TABLE,
      connectionsTable: settings.CONNECTIONS_TABLE,
      now,
      onRead,
    }),
    log: new DynamoDbLogReads(documents, settings.SNAPSHOTS_TABLE, onRead),
    accesses: new AccessLog(documents, settings.ACCESSES_TABLE, onNote),
    settings,
    now,
  };
}
