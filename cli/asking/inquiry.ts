import { readTime, type TimeRole } from '../../lambda/trail/read-time.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import { DEFAULT_ZONE, findZone } from '../../lambda/trail/time-zone.ts';
import { type Api, createApi } from '../api/client.ts';
import { findApi } from '../api/find-api.ts';
import { interruptible } from '../interruption.ts';
import { chooseFormat, type Format } from '../output/format.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Complaints, noComplaints } from './complaints.ts';
import type { QuestionOptions } from './question-options.ts';

/** A command that asks the API, from its options to its answer. */
export interface Inquiry {
  readonly surroundings: Surroundings;
  readonly options: QuestionOptions;
  readonly format: Format;
  /** IANA name of the zone that times are read and shown in. */
  readonly zone: string;
  readonly complaints: Complaints;
}

/** An inquiry whose options are not checked yet. */
export function beginInquiry(options: QuestionOptions, surroundings: Surroundings): Inquiry {
  const complaints = noComplaints();
  const zone = findZone(options.tz ?? DEFAULT_ZONE);
  if (zone === undefined) {
    complaints.add('--tz', options.tz ?? '', 'a time zone like Europe/Berlin, America/New_York or UTC');
  }
  return {
    surroundings,
    options,
    complaints,
    format: chooseFormat(options.output, surroundings.terminal),
    zone: zone ?? DEFAULT_ZONE,
  };
}

type TimeReader = Pick<Inquiry, 'surroundings' | 'zone' | 'complaints'>;

/** Reads the time of an option, and reports an invalid one. */
export function readMoment(
  { surroundings, zone, complaints }: TimeReader,
  role: TimeRole,
  text: string,
): Instant | undefined {
  const read = readTime(text, role, { now: surroundings.now(), zone });
  if ('instant' in read) return read.instant;
  complaints.add(`--${role}`, text, read.expected);
  return undefined;
}

/** Reads a time window, and reports an invalid one. */
export function readWindow(
  inquiry: TimeReader,
  { since, until }: { readonly since?: string | undefined; readonly until?: string | undefined },
): { readonly since: Instant | undefined; readonly until: Instant | undefined } {
  const from = since === undefined ? undefined : readMoment(inquiry, 'since', since);
  const to = until === undefined ? undefined : readMoment(inquiry, 'until', until);
  if (from !== undefined && to !== undefined && from > to) {
    inquiry.complaints.say(
      `--since ${since} (${from}) is later than --until ${until} (${to}); expected an earlier one.`,
    );
  }
  return { since: from, until: to };
}

/**
 * Runs a command that queries the API. Ctrl-C cancels it.
 *
 * @throws WrongUsage if there are errors
 */
export async function withApi<T>(
  { complaints, options, surroundings }: Inquiry,
  ask: (api: Api) => Promise<T>,
): Promise<T> {
  complaints.raise();
  const address = await findApi(options, surroundings.terminal);
  return interruptible((signal) => ask(createApi(address, options, { ...surroundings, signal })));
}
