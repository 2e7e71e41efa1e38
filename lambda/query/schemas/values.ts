import * as z from 'zod';

/** A moment, in UTC to the second. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  .meta({
    id: 'Instant',
    format: 'date-time',
    description: 'A moment, ISO 8601 in UTC to the second',
    examples: ['2026-11-22T14:03:00Z'],
  });

/** A counter, exact: AWS's may exceed what a JavaScript number holds, so they are written as JSON integers of any size. */
export const counter = z.union([z.int().nonnegative(), z.bigint().nonnegative()]).meta({
  id: 'Counter',
  description: 'A JSON integer; exact, and possibly above 2^53',
  override: { type: 'integer', minimum: 0 },
});

/** An endpoint's id, as AWS writes it. */
export const endpointId = z.string().meta({ examples: ['cvpn-endpoint-0123456789abcdef0'] });

/** An element that this version does not know, as AWS gave it. */
export const awsElements = z.record(z.string(), z.unknown());

/** Where an entry of a log stands, and when its capture began and was over. */
export const entryPlace = { slot: instant, entry: z.int().nonnegative(), s: instant, f: instant };
