import * as z from 'zod';
import { answerCoverage } from './coverage.ts';
import { awsElements, endpointId, instant } from './values.ts';

const endpoint = z
  .object({
    endpointId,
    accountId: z.string().optional(),
    region: z.string().optional(),
    state: z.enum(['open', 'closed', 'not-recorded-yet']),
    closedBecause: z.string().optional(),
    firstSeenAt: instant.optional(),
    lastSlot: instant.optional(),
    lastSnapshotAt: instant.optional().meta({ description: "AWS's time when the newest snapshot was finished" }),
    entries: z.int().nonnegative().optional().meta({ description: 'Snapshots in its log' }),
    projectedThrough: instant.optional(),
    pendingSince: instant.optional(),
    clientCidrBlock: z.string().optional(),
    name: z.string().optional().meta({ description: 'Its tag "Name"' }),
    description: awsElements.optional().meta({
      description: 'What DescribeClientVpnEndpoints last said, as AWS gave it: elements by their name on the wire',
    }),
  })
  .meta({ id: 'Endpoint' });

/** The answer of `GET /endpoints`. */
export const endpointsAnswer = z.object({ endpoints: z.array(endpoint) }).meta({ id: 'Endpoints' });

const snapshot = z
  .object({
    slot: instant,
    entry: z.int().nonnegative(),
    kind: z.enum(['snapshot', 'closed']),
    s: instant,
    f: instant,
    connections: z.int().nonnegative(),
    rows: z.int().nonnegative(),
    chunks: z.int().nonnegative(),
    canonical: z.string().optional().meta({
      description: "With manifests=true: the manifest's bytes as they were hashed (UTF-8)",
    }),
  })
  .meta({ id: 'Snapshot' });

/** The answer of `GET /snapshots`. */
export const snapshotsAnswer = z
  .object({
    endpointId,
    snapshots: z.array(snapshot).meta({ description: 'Oldest first' }),
    window: z.object({ since: instant.optional(), until: instant.optional() }),
    coverage: answerCoverage,
    cursor: z.string().optional(),
  })
  .meta({ id: 'Snapshots' });

/** The answer of `GET /snapshots/{endpointId}/{slot}`. */
export const snapshotAnswer = z
  .object({
    manifest: awsElements.meta({ description: 'As stored; docs/data.md describes it' }),
    canonical: z.string().meta({ description: "The manifest's bytes as they were hashed (UTF-8)" }),
    leafHash: z.string().meta({ description: 'SHA-256(0x00 || canonical), hexadecimal' }),
    root: z.string().meta({ description: "The log's Merkle tree hash through this entry, hexadecimal" }),
  })
  .meta({ id: 'SnapshotDetails' });

/** The answer of `GET /accesses`. */
export const accessesAnswer = z
  .object({
    accesses: z.array(
      z.object({
        at: instant,
        requestId: z.string(),
        principal: z.string().meta({ description: 'An IAM ARN, or the local user on one machine' }),
        question: z.string().meta({ description: 'Path and parameters' }),
        rows: z.int().nonnegative(),
      }),
    ),
    window: z.object({ since: instant, until: instant }),
    cursor: z.string().optional(),
  })
  .meta({ id: 'Accesses' });

/** A refusal or a failure: RFC 9457. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    requestId: z.string().optional(),
    errors: z
      .array(z.object({ parameter: z.string(), given: z.string().optional(), expected: z.string() }))
      .optional()
      .meta({ description: 'Each parameter that is wrong' }),
  })
  .meta({ id: 'Problem' });

export type EndpointAnswer = z.output<typeof endpoint>;
export type EndpointsAnswer = z.output<typeof endpointsAnswer>;
export type SnapshotsAnswer = z.output<typeof snapshotsAnswer>;
export type SnapshotAnswer = z.output<typeof snapshotAnswer>;
export type AccessesAnswer = z.output<typeof accessesAnswer>;
export type Problem = z.output<typeof problem>;
