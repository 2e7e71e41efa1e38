import * as z from 'zod';
import {
  type CONNECTION_MEMBERS,
  COUNTERS,
  type Kinds,
  MEMBER_NAMES,
  type MemberName,
  type NameWith,
  traitsOf,
} from '../../trail/connection-members.ts';
import { present } from '../../trail/present.ts';
import { MATCHES } from '../matches.ts';
import { answerCoverage } from './coverage.ts';
import { awsElements, counter, endpointId, entryPlace, instant } from './values.ts';

const KIND_SCHEMAS = {
  text: z.string(),
  address: z.string(),
  time: instant,
  flag: z.literal(true),
  seconds: z.int().nonnegative(),
  count: z.int().positive(),
  counter,
  texts: z.array(z.string()),
  elements: awsElements,
  identities: z.array(
    z.object({
      username: z.string().optional(),
      commonName: z.string().optional(),
      clientIp: z.string().optional(),
      clientIpv6: z.string().optional(),
      leftOut: z.int().positive().optional().meta({ description: 'So many identities in a row, which are not kept' }),
      between: z.tuple([instant, instant]).meta({ description: 'Surely until the first, surely not after the second' }),
    }),
  ),
  end: z.object({
    kind: z.enum(['reported', 'inferred']),
    between: z.tuple([instant, instant]).optional().meta({ description: 'An inferred end lies between these' }),
  }),
} satisfies Readonly<Record<keyof Kinds, z.ZodType>>;

type KindSchema<Name extends MemberName> = (typeof KIND_SCHEMAS)[(typeof CONNECTION_MEMBERS)[Name]['kind']];
type MemberSchemas<Names extends MemberName> = {
  [Name in Names]: Name extends NameWith<{ always: true }> ? KindSchema<Name> : z.ZodOptional<KindSchema<Name>>;
};

function schemasOf<Name extends MemberName>(names: readonly Name[]): MemberSchemas<Name> {
  return Object.fromEntries(names.map((name) => [name, schemaOf(name)])) as MemberSchemas<Name>;
}

function schemaOf(name: MemberName): z.ZodType {
  const { kind, always, says, examples } = traitsOf(name);
  const schema = always === true ? KIND_SCHEMAS[kind] : KIND_SCHEMAS[kind].optional();
  if (says === undefined && examples === undefined) return schema;
  return schema.meta(present({ description: says, examples: examples && [...examples] }));
}

const counters = schemasOf(COUNTERS);

/** A connection in every answer. Values that AWS did not give are absent, never `""` or `-`. */
export const connection = z.object(schemasOf(MEMBER_NAMES)).meta({ id: 'Connection' });

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
const evidence = z
  .object({
    ...entryPlace,
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

/** What an answer about a connection's snapshots says beside them. */
const pageOfSnapshots = {
  expired: z.int().nonnegative().optional().meta({ description: 'Snapshots whose rows have expired' }),
  window: lifetime,
  coverage: answerCoverage,
  cursor: z.string().optional(),
};

/** The answer of `GET /connections/{connectionId}/history`. */
export const historyAnswer = z
  .object({
    connectionId: z.string(),
    endpointId,
    sightings: z.array(
      z.object({
        ...entryPlace,
        chunk: z.string(),
        row: awsElements.meta({ description: 'The row as AWS gave it: elements by their name on the wire' }),
      }),
    ),
    ...pageOfSnapshots,
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
    ...pageOfSnapshots,
  })
  .meta({ id: 'Usage' });

export type ConnectionAnswer = z.output<typeof connection>;
export type ConnectionsAnswer = z.output<typeof connectionsAnswer>;
export type ConnectionDetails = z.output<typeof connectionAnswer>;
export type HistoryAnswer = z.output<typeof historyAnswer>;
export type UsageAnswer = z.output<typeof usageAnswer>;
export type UsageSample = z.output<typeof usageSample>;
export type Evidence = z.output<typeof evidence>;
