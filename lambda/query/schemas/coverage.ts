import * as z from 'zod';
import { endpointId, instant } from './values.ts';

/** A time range in which a connection may have come and gone unseen, with the reasons. */
const gap = z
  .object({
    endpointId: endpointId
      .optional()
      .meta({ description: 'Absent where nothing at all has been recorded, or nothing of a target' }),
    accountId: z.string().optional().meta({ description: 'Of a target of which no endpoint is known' }),
    region: z.string().optional().meta({ description: 'Of a target of which no endpoint is known' }),
    start: instant,
    end: instant,
    reasons: z.array(z.string()).meta({
      description:
        'no-run, throttled, access-denied, timeout, not-configured, before-first-snapshot, nothing-recorded and others',
    }),
    ongoing: z.boolean().optional().meta({ description: 'true: no snapshot has ended it yet' }),
  })
  .meta({ id: 'Gap' });

/** The coverage of an answer. */
export const answerCoverage = z
  .object({
    complete: z.boolean().meta({
      description: 'Nothing can be missing from the window: no gap touches it, and it does not reach past pendingSince',
    }),
    gaps: z.array(gap).meta({ description: 'The gaps that touch the window' }),
    projectedThrough: instant.optional().meta({
      description: 'The end of the newest snapshot that the answer rests on; of several endpoints the earliest',
    }),
    pendingSince: instant.optional().meta({
      description: 'What happened after it may be known only with the next snapshot; of several endpoints the earliest',
    }),
  })
  .meta({ id: 'Coverage' });

const endpointCoverage = z
  .object({
    endpointId,
    accountId: z.string().optional(),
    region: z.string().optional(),
    name: z.string().optional().meta({ description: "The endpoint's tag Name" }),
    complete: z.boolean(),
    proven: z
      .array(z.object({ start: instant, end: instant }))
      .meta({ description: 'Nothing can be missing from these; after its deletion nobody can be connected' }),
    gaps: z.array(gap),
    pendingSince: instant
      .optional()
      .meta({ description: 'What happened later may be known only with the next snapshot' }),
    projectedThrough: instant.optional(),
    createdAt: instant.optional().meta({ description: 'When AWS says that it was created: before it, nobody' }),
    deletedAt: instant.optional().meta({ description: "When AWS's list was first without it, by AWS's clock" }),
  })
  .meta({ id: 'EndpointCoverage' });

/** The answer of `GET /coverage`. */
export const coverageAnswer = z
  .object({
    window: z.object({ since: instant, until: instant }),
    complete: z.boolean(),
    endpoints: z.array(endpointCoverage),
    gaps: z
      .array(gap)
      .optional()
      .meta({ description: 'Those of targets of which no endpoint is known; absent where there are none' }),
    assumptions: z.array(z.string()).meta({ description: 'What the statements rest on' }),
  })
  .meta({ id: 'CoverageReport' });

export type AnswerCoverage = z.output<typeof answerCoverage>;
export type GapAnswer = z.output<typeof gap>;
export type EndpointCoverage = z.output<typeof endpointCoverage>;
export type CoverageAnswer = z.output<typeof coverageAnswer>;
