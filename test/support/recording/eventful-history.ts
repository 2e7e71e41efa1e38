import fc from 'fast-check';
import type { Elements } from '../../../lambda/trail/element.ts';
import { toInstant } from '../../../lambda/trail/time.ts';
import { crashAt } from '../servers/interrupted-clients.ts';
import { ALPHA, activeRow, endedRow, type RecordedTrail } from './recorded-trail.ts';

/** Milliseconds. */
export const MINUTE = 60_000;
/** When a history begins; milliseconds since 1970. */
export const BEGIN = Date.parse('2026-11-20T08:00:00Z');

/** What really happened: minutes after the beginning. AWS lists a connection late by up to a minute. */
export interface Truth {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly lag: number;
}

/** What befalls one scheduled recording. */
export type Event =
  | { kind: 'well' }
  | { kind: 'no run'; slots: number }
  | { kind: 'refused' }
  | { kind: 'crash'; call: number; after: boolean }
  | { kind: 'twice' };

/** Connections as they really were. */
export const truths = fc
  .array(
    fc.record({
      from: fc.integer({ min: -30, max: 400 }),
      lasts: fc.integer({ min: 1, max: 200 }),
      lag: fc.integer({ min: 0, max: 59 }),
    }),
    {
      minLength: 5,
      maxLength: 25,
    },
  )
  .map((all) =>
    all.map(
      ({ from, lasts, lag }, index): Truth => ({
        id: `cvpn-connection-${String(index).padStart(3, '0')}`,
        from,
        to: from + lasts,
        lag,
      }),
    ),
  );

/** What befalls a recorder. */
export const events = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant<Event>({ kind: 'well' }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((slots): Event => ({ kind: 'no run', slots })) },
    { weight: 2, arbitrary: fc.constant<Event>({ kind: 'refused' }) },
    {
      weight: 3,
      arbitrary: fc
        .record({ call: fc.integer({ min: 1, max: 14 }), after: fc.boolean() })
        .map((crash): Event => ({ kind: 'crash', ...crash })),
    },
    { weight: 1, arbitrary: fc.constant<Event>({ kind: 'twice' }) },
  ),
  { minLength: 20, maxLength: 60 },
);

/** AWS's list at a time: open connections, and those that ended within 60 minutes. */
export function listedAt(all: readonly Truth[], now: Date): Elements[] {
  const aws = (minutes: number) =>
    toInstant(BEGIN + minutes * MINUTE)
      .replace('T', ' ')
      .slice(0, 19);
  return all.flatMap(({ id, from, to, lag }) => {
    const at = (now.getTime() - BEGIN) / MINUTE;
    if (at < from + lag / 60 || at >= to + 60) return [];
    const row = activeRow(id, aws(from), { timestamp: toInstant(now).replace('T', ' ').slice(0, 19), commonName: id });
    return [at < to + lag / 60 ? row : endedRow(row, aws(to))];
  });
}

/** Lets one event happen, and the time until it pass. */
export async function live(trail: RecordedTrail, all: readonly Truth[], event: Event): Promise<void> {
  trail.now = new Date(trail.now.getTime() + 5 * MINUTE * (event.kind === 'no run' ? event.slots : 1));
  trail.rows = { [ALPHA]: listedAt(all, trail.now) };
  trail.ec2.fault = ({ action, refuse }) =>
    event.kind === 'refused' && action !== 'DescribeClientVpnEndpoints' && refuse('UnauthorizedOperation');
  const ports = event.kind === 'crash' ? trail.ports() : undefined;
  if (ports && event.kind === 'crash') crashAt(ports, event.call, event.after ? 'after' : 'before');
  await trail.record({}, ports).catch(() => undefined);
  if (event.kind === 'twice') await trail.record();
}
