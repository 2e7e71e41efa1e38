import { firstSecondOf, lastSecondOf } from '../../lambda/export/daily/calendar-day.ts';
import { MATCHES } from '../../lambda/query/matches.ts';
import { connectionsParameters, FILTERS } from '../../lambda/query/parameters/definitions.ts';
import { parseParameters } from '../../lambda/query/parameters/parse.ts';
import { QueryProblem } from '../../lambda/query/problem.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { type AskedOwners, askedOwnerWords, asksForOwner } from '../../lambda/trail/owner.ts';

const { at: _at, limit: _limit, cursor: _cursor, ...parameters } = connectionsParameters;

/** What an export was asked for. */
export interface AskedQuestion {
  /** The values of each filter that was given; they join with OR, and filters with AND. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  /** `all` that were recorded, or those that the question names, by their ids or by account and Region. */
  readonly endpoints: 'all' | readonly string[];
  /** The endpoints whose logs the export rests on. */
  readonly logs: readonly string[];
  readonly window: ExportManifest['window'];
  /** The whole question, to be read after a number of connections. */
  readonly words: string;
}

/**
 * What an export was asked for, according to its manifest.
 *
 * @returns or why that cannot be stated
 */
export function readAsked(manifest: ExportManifest): AskedQuestion | { readonly unclear: string } {
  const { question, window, kind, checkpoints } = manifest;
  const unclear = kind === 'day' ? whyNoDay(manifest) : whyNoSearch(manifest);
  if (unclear !== undefined) return { unclear };
  const filters = Object.fromEntries(
    FILTERS.flatMap((name) => (question[name]?.length ? [[name, question[name]] as const] : [])),
  );
  const { endpoint, account, region, ...others } = filters;
  const owners = { account, region };
  const logs = checkpoints.map(({ endpointId }) => endpointId);
  const parts = Object.entries(others).map(([name, values]) => `${FILTER_WORDS[name]} ${oneOf(values)}`);
  const words = [...parts, `${windowWords(manifest)} on ${endpointWords(endpoint, owners, logs)}`].join(', ');
  // Those of an account are those that the trail has signed a log of.
  const all = asksForOwner(owners) ? logs : ('all' as const);
  return { filters, endpoints: endpoint ?? all, logs, window, words };
}

/** Each as it stands between "connections" and the values. */
const FILTER_WORDS: Readonly<Record<string, string>> = {
  user: 'of the user',
  username: 'with the username',
  commonName: 'with the common name',
  ip: 'with the address',
  status: 'with the status',
  connectionId: 'with the id',
};

const IN_WINDOW = { overlap: 'connected', started: 'established', ended: 'ended' } as const;

function windowWords({ kind, window: { since, until, match } }: ExportManifest): string {
  if (kind === 'day') return `changed by the snapshots of ${since.slice(0, 10)} (UTC)`;
  const how = IN_WINDOW[match as keyof typeof IN_WINDOW];
  return since === until ? `${how} at ${since}` : `${how} at any time from ${since} to ${until}`;
}

function endpointWords(endpoint: readonly string[] | undefined, owners: AskedOwners, logs: readonly string[]): string {
  const whose = askedOwnerWords(owners);
  if (endpoint) return `the endpoint ${[oneOf(endpoint), whose].join(' ').trimEnd()}`;
  const which = logs.join(', ') || 'of none a signed snapshot';
  return whose === '' ? `all endpoints that were recorded (${which})` : `the endpoints ${whose} (${which})`;
}

/** In quotes where a value could be read as something else. */
const oneOf = (values: readonly string[]): string =>
  values.map((value) => (/^[\w.@:+-]+$/.test(value) ? value : JSON.stringify(value))).join(' or ');

function whyNoSearch({ question, window }: ExportManifest): string | undefined {
  const texts = Object.entries(question).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  );
  try {
    const { since, until, match = MATCHES[0] } = parseParameters(parameters, new URLSearchParams(texts));
    const isSame = since === window.since && until === window.until && match === window.match && since <= until;
    return isSame ? undefined : `its window (${Object.values(window).join(', ')}) is not that of its question`;
  } catch (error) {
    if (error instanceof QueryProblem) return error.message;
    throw error;
  }
}

function whyNoDay({ question, window }: ExportManifest): string | undefined {
  const { endpoint = [], day = [], ...others } = question;
  const [only = ''] = day;
  const isDay =
    endpoint.length === 1 &&
    day.length === 1 &&
    Object.keys(others).length === 0 &&
    window.since === firstSecondOf(only) &&
    window.until === lastSecondOf(only);
  return isDay
    ? undefined
    : 'it is that of a day, and does not name one endpoint, one day and its first and last second';
}
