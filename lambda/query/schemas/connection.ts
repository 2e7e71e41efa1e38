import * as z from 'zod';
import { MATCHES } from '../matches.ts';
import { answerCoverage } from './coverage.ts';
import { awsElements, counter, endpointId, instant } from './values.ts';

const counters = {
  ingressBytes: counter.optional().meta({ description: 'Sent by the client: an upload' }),
  egressBytes: counter.optional().meta({ description: 'Received by the client: a download' }),
  ingressPackets: counter.optional(),
  egressPackets: counter.optional(),
};

/** A connection as every answer gives it. What AWS did not say is absent, never `""` or `-`. */
export const connection = z
  .object({
    connectionId: z.string(),
    endpointId,
    accountId: z.string(),
    region: z.string(),
    status: z
      .string()
      .optional()
      .meta({ examples: ['active', 'terminating', 'terminated', 'failed-to-terminate'] }),
    statusMessage: z.string().optional(),
    establishedAt: instant,
    establishedAtIsFirstSight: z.literal(true).optional().meta({
      description:
        'AWS did not say when it was established; establishedAt is the latest that it can be: the first sight, or an earlier end',
    }),
    endedAt: instant.optional().meta({ description: "AWS's ConnectionEndTime" }),
    end: z
      .object({
        kind: z.enum(['reported', 'inferred']),
        between: z.tuple([instant, instant]).optional().meta({ description: 'An inferred end lies between these' }),
      })
      .optional(),
    unlistedSince: instant.optional().meta({ description: "It vanished from AWS's list without an end" }),
    username: z.string().optional(),
    commonName: z.string().optional(),
    identity: z.string().meta({
      description: 'Who it is: the username, else the common name, else the connection id',
    }),
    clientIp: z.string().optional(),
    clientIpv6: z.string().optional(),
    ...counters,
    postureComplianceStatuses: z.array(z.string()).optional(),
    authorizationPolicyLastEvaluatedAt: instant.optional(),
    durationSeconds: z.int().nonnegative().optional().meta({
      description: 'To the end; of an open connection to when it was last seen; of an inferred end to its earliest',
    }),
    firstSeenAt: instant
      .optional()
      .meta({ description: 'Absent with at=now, which is answered from the snapshot alone' }),
    lastSeenAt: instant.optional(),
    firstSlot: instant.optional(),
    lastSlot: instant.optional(),
    timestamp: instant.optional().meta({ description: "AWS's Timestamp of the last row, where it is not endedAt" }),
    contradictions: z.int().positive().optional().meta({
      description: 'How often AWS listed it as not ended after it had said that it was terminated',
    }),
    other: awsElements.optional().meta({ description: 'Elements of the last row that this version does not know' }),
    possible: z.literal(true).optional().meta({
      description: 'In an answer to a window: it may have been connected in it; its end is known only within bounds',
    }),
  })
  .meta({ id: 'Connection' });

/** The answer of `GET /connections`. */
export const connectionsAnswer = z
  .object({
    connections: z.array(connection).meta({ description: 'Newest established first, then connection id, descending' }),
    window: z.object({ since: instant, until: instant, match: z.enum(MATCHES) }).meta({
      description:
        'What was searched. Without since or until it is what is proven; what is older or newer and recorded is listed too',
    }),
    coverage: answerCoverage,
    cursor: z.string().optional().meta({ description: 'There are more; give it back with the same question' }),
  })
  .meta({ id: 'Connections' });

const lifetime = z.object({ since: instant, until: instant }).meta({
  description:
    'What the coverage is about: the time the connection lasted, or what was asked of it; of an open one to what is proven',
});

/** A snapshot that holds a row of a connection, and where: its manifest is the leaf, the chunk holds the row. */
export const evidence = z
  .object({
    slot: instant,
    entry: z.int().nonnegative(),
    s: instant,
    f: instant,
    leafHash: z.string().meta({ description: 'SHA-256, hexadecimal (RFC 6962)' }),
    chunk: z.string().optional().meta({ description: "SHA-256 of the chunk's lines, hexadecimal" }),
    chunkIndex: z.int().nonnegative().optional().meta({ description: 'n of …/chunks/{n}' }),
    expired: z.literal(true).optional().meta({ description: "The chunk has expired under the trail's retention" }),
  })
  .meta({ id: 'Evidence' });

/** The answer of `GET /connections/{connectionId}`. */
export const connectionAnswer = z
  .object({
    connection,
    snapshots: z.array(evidence).meta({ description: 'The first and the last snapshot with a row of it' }),
    window: lifetime,
    coverage: answerCoverage,
  })
  .meta({ id: 'ConnectionDetails' });

/** The answer of `GET /connections/{connectionId}/history`. */
export const historyAnswer = z
  .object({
    connectionId: z.string(),
    endpointId,
    sightings: z.array(
      z.object({
        slot: instant,
        entry: z.int().nonnegative(),
        s: instant,
        f: instant,
        chunk: z.string(),
        row: awsElements.meta({ description: 'The row as AWS gave it: elements by their name on the wire' }),
      }),
    ),
    expired: z.int().nonnegative().optional().meta({ description: 'Snapshots whose rows have expired' }),
    window: lifetime,
    coverage: answerCoverage,
    cursor: z.string().optional(),
  })
  .meta({ id: 'History' });

const usageSample = z.object({
  slot: instant,
  at: instant.meta({ description: "AWS's time when the snapshot was finished" }),
  ...counters,
  status: z.string().optional(),
  since: z
    .object({
      seconds: z.int().nonnegative(),
      ...counters,
      acrossGap: z.literal(true).optional().meta({ description: 'Snapshots are missing in between' }),
      reset: z.literal(true).optional().meta({ description: 'A counter went back: no differences are given' }),
    })
    .optional()
    .meta({ description: 'What passed since the sample before' }),
});

/** The answer of `GET /connections/{connectionId}/usage`. */
export const usageAnswer = z
  .object({
    connectionId: z.string(),
    endpointId,
    samples: z.array(usageSample).meta({ description: 'Oldest first; nothing stands for a time without a snapshot' }),
    totals: z.object(counters).meta({ description: 'The last counters known' }),
    expired: z.int().nonnegative().optional().meta({ description: 'Snapshots whose rows have expired' }),
    window: lifetime,
    coverage: answerCoverage,
    cursor: z.string().optional(),
  })
  .meta({ id: 'Usage' });

export type ConnectionAnswer = z.output<typeof connection>;
export type ConnectionsAnswer = z.output<typeof connectionsAnswer>;
export type ConnectionDetails = z.output<typeof connectionAnswer>;
export type HistoryAnswer = z.output<typeof historyAnswer>;
export type UsageAnswer = z.output<typeof usageAnswer>;
export type UsageSample = z.output<typeof usageSample>;
export type Evidence = z.output<typeof evidence>;
