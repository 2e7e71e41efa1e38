import type { EC2Client } from '@aws-sdk/client-ec2';
import { hashLines, LARGEST_ROW_BYTES, LARGEST_SNAPSHOT } from '../trail/chunks.ts';
import type { CaptureTimes } from '../trail/coverage.ts';
import type { Elements } from '../trail/element.ts';
import { connectionIdOf, plainRowTest, readRow } from '../trail/row.ts';
import { type StoredRow, sortRows } from '../trail/snapshot.ts';
import { type Instant, toInstant } from '../trail/time.ts';
import { untilAborted } from '../until-aborted.ts';
import { type Page, requestConnections, requestEndpoints } from './ec2-answers.ts';
import { CaptureTimeout, ClockError, MalformedAnswer, RepeatedToken } from './failures.ts';

/** The ports of a capture. */
export interface CapturePorts {
  readonly ec2: EC2Client;
  readonly now: () => Date;
  /** Milliseconds on a clock that only goes forward, whoever sets the time. */
  readonly elapsed: () => number;
  /** A signal that aborts after so many milliseconds. */
  readonly timeout: (milliseconds: number) => AbortSignal;
}

/** Everything that AWS listed of one endpoint. */
export interface Capture extends Record<keyof CaptureTimes, Instant> {
  /** In stored order. */
  readonly rows: readonly StoredRow[];
  readonly connections: number;
  readonly unidentified: number;
  readonly unparsed?: { readonly count: number; readonly sha256: string };
  readonly pages: number;
  readonly requestIds: readonly string[];
  /** How far AWS's time ran backwards from one page to a later one, in seconds. */
  readonly backwardsSeconds: number;
}

/** Timeout of a call with the SDK's retries: long enough for half a minute of throttling, but not for a stalled answer. */
const CALL_MILLISECONDS = 60_000;

/**
 * Captures all pages of DescribeClientVpnConnections, or throws; see {@link toFailure}. It works page by page, so memory
 * holds the rows' lines and never the XML.
 *
 * @param deadline aborts the whole capture
 * @param most bytes of a row's line, exclusive, and UTF-16 code units of all lines together
 */
export async function captureConnections(
  ports: CapturePorts,
  request: { readonly endpointId: string; readonly pageSize: number },
  deadline: AbortSignal,
  most = { row: LARGEST_ROW_BYTES, snapshot: LARGEST_SNAPSHOT },
): Promise<Capture> {
  const rows: StoredRow[] = [];
  let characters = 0;
  const unparsed: string[] = [];
  const isPlain = plainRowTest(request.endpointId);
  const walked = await readPages(
    ports,
    (nextToken, signal) => requestConnections(ports.ec2, { ...request, nextToken }, signal),
    (item) => {
      const line = JSON.stringify(item);
      characters += line.length;
      // What nobody could unpack must not be recorded.
      if (line.length > most.row / 3 && Buffer.byteLength(line) >= most.row) {
        throw new MalformedAnswer(`expected rows of less than ${most.row} bytes, got a larger one`);
      }
      if (characters > most.snapshot) {
        throw new MalformedAnswer(`expected rows of at most ${most.snapshot} characters together, got more`);
      }
      rows.push({ id: connectionIdOf(item), line });
      if (!isPlain(line) && readRow(item, request.endpointId).problems.length > 0) unparsed.push(line);
    },
    deadline,
  );
  sortRows(rows);
  return {
    ...walked,
    rows,
    ...countRows(rows),
    ...(unparsed.length > 0 ? { unparsed: { count: unparsed.length, sha256: hashLines(unparsed.sort()) } } : {}),
  };
}

/** The endpoints of the Region, as DescribeClientVpnEndpoints gives them, with AWS's time of the list. */
export async function listEndpoints(
  ports: CapturePorts,
  deadline: AbortSignal,
): Promise<{ readonly endpoints: readonly Elements[]; readonly f: Instant; readonly ownF: Instant }> {
  const endpoints: Elements[] = [];
  const { f, ownF } = await readPages(
    ports,
    (nextToken, signal) => requestEndpoints(ports.ec2, nextToken, signal),
    (item) => endpoints.push(item),
    deadline,
  );
  return { endpoints, f, ownF };
}

async function readPages(
  ports: CapturePorts,
  request: (nextToken: string | undefined, signal: AbortSignal) => Promise<Page>,
  take: (item: Elements) => void,
  deadline: AbortSignal,
): Promise<Omit<Capture, 'rows' | 'connections' | 'unidentified' | 'unparsed'>> {
  const tokens = new Set<string>();
  const requestIds: string[] = [];
  const ownS = ports.now().getTime();
  const began = ports.elapsed();
  let s: number | undefined;
  let f = Number.NEGATIVE_INFINITY;
  let backwards = 0;
  let pages = 0;
  for (let nextToken: string | undefined; ; ) {
    const page = await withDeadline(ports.timeout(CALL_MILLISECONDS), deadline, (signal) => request(nextToken, signal));
    const passed = ports.elapsed() - began;
    const answeredAt = page.answeredAt ?? (s ?? ownS) + passed;
    // AWS gives the time of its answer. The request was earlier, by the time that passed meanwhile.
    s ??= answeredAt - passed;
    backwards = Math.max(backwards, f - answeredAt);
    f = Math.max(f, answeredAt);
    pages++;
    if (page.requestId !== undefined) requestIds.push(page.requestId);
    for (const item of page.items) take(item);
    nextToken = page.nextToken;
    if (nextToken === undefined) {
      // Such times would hide a gap.
      if (s > f || passed < 0) throw new ClockError(`the capture ended ${-passed / 1000} s before it began`);
      const times = { s: toInstant(s), f: toInstant(f), ownS: toInstant(ownS), ownF: toInstant(ownS + passed) };
      return { ...times, pages, requestIds, backwardsSeconds: backwards / 1000 };
    }
    if (tokens.has(nextToken)) throw new RepeatedToken(`NextToken repeated after ${pages} pages`);
    tokens.add(nextToken);
  }
}

async function withDeadline<T>(
  call: AbortSignal,
  whole: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.any([call, whole]);
  try {
    // The SDK does not pass the signal to what gives it credentials: an STS that stalls would outlast it.
    return await untilAborted(work(signal), signal, () => signal.reason);
  } catch (error) {
    if (signal.aborted) throw new CaptureTimeout('aborted at its deadline', { cause: error });
    throw error;
  }
}

function countRows(rows: readonly StoredRow[]): { connections: number; unidentified: number } {
  let connections = 0;
  let unidentified = 0;
  rows.forEach(({ id }, index) => {
    if (id === '') unidentified++;
    else if (rows[index - 1]?.id !== id) connections++;
  });
  return { connections, unidentified };
}
