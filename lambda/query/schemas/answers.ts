import type * as z from 'zod';
import { connectionAnswer, connectionsAnswer, historyAnswer, usageAnswer } from './connection.ts';
import { coverageAnswer } from './coverage.ts';
import { checkpointAnswer, keysAnswer, proofAnswer, trailCheckpointAnswer } from './evidence.ts';
import { accessesAnswer, endpointsAnswer, snapshotAnswer, snapshotsAnswer } from './trail.ts';

/**
 * The schema of each route's answer; a route without one returns bytes. They are separate from the routes, which need only the
 * types: creating them takes a third of a cold start, and only the OpenAPI document and the tests need them.
 */
export const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  '/connections': connectionsAnswer,
  '/connections/{connectionId}': connectionAnswer,
  '/connections/{connectionId}/usage': usageAnswer,
  '/connections/{connectionId}/history': historyAnswer,
  '/endpoints': endpointsAnswer,
  '/coverage': coverageAnswer,
  '/snapshots': snapshotsAnswer,
  '/snapshots/{endpointId}/{slot}': snapshotAnswer,
  '/snapshots/{endpointId}/{slot}/proof': proofAnswer,
  '/checkpoints/trail': trailCheckpointAnswer,
  '/checkpoints/{endpointId}': checkpointAnswer,
  '/keys': keysAnswer,
  '/accesses': accessesAnswer,
};
