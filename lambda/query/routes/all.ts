import { accessesRoute } from './accesses.ts';
import { checkpointRoute } from './checkpoints.ts';
import { connectionRoute, historyRoute, usageRoute } from './connection.ts';
import { connectionsRoute } from './connections.ts';
import { coverageRoute, endpointsRoute } from './endpoints.ts';
import { keysRoute } from './keys.ts';
import { proofRoute } from './proof.ts';
import type { Route } from './route.ts';
import { chunkRoute, snapshotRoute, snapshotsRoute } from './snapshots.ts';
import { trailCheckpointRoute } from './trail-checkpoint.ts';

/** Every route of the API except its own description. */
export const ROUTES: readonly Route[] = [
  connectionsRoute,
  connectionRoute,
  usageRoute,
  historyRoute,
  endpointsRoute,
  coverageRoute,
  snapshotsRoute,
  snapshotRoute,
  chunkRoute,
  proofRoute,
  trailCheckpointRoute,
  checkpointRoute,
  keysRoute,
  accessesRoute,
];
