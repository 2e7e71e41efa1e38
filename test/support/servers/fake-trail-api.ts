import { toJson } from '../../../lambda/query/json.ts';
import type { ConnectionAnswer } from '../../../lambda/query/schemas/connection.ts';
import type { EndpointAnswer } from '../../../lambda/query/schemas/trail.ts';

/** Which field each exact filter of `GET /connections` compares. */
const FIELDS = {
  endpoint: 'endpointId',
  connectionId: 'connectionId',
  username: 'username',
  commonName: 'commonName',
  ip: 'clientIp',
  status: 'status',
} as const;

const COVERAGE = { complete: true, gaps: [] };
const WINDOW = { since: '2026-11-20T00:00:00Z', until: '2026-11-21T00:00:00Z', match: 'overlap' };

/** The trail's HTTP API over two lists in memory, as short of breath as a test wants it. */
export class FakeTrailApi {
  connections: ConnectionAnswer[] = [];
  endpoints: EndpointAnswer[] = [];
  /** Every question, in order. */
  asked: string[] = [];
  /** The most rows of one answer, whatever its limit: 0 for answers of a cursor alone. */
  breath = 1000;
  /** Answers in place of the API's own while there are any. */
  instead: (() => Response)[] = [];

  ask = async (path: string): Promise<Response> => {
    this.asked.push(path);
    const instead = this.instead.shift();
    if (instead) return instead();
    const { pathname, searchParams } = new URL(path, 'http://trail.invalid');
    return pathname === '/endpoints' ? json({ endpoints: this.endpoints }) : this.#answerConnections(searchParams);
  };

  /** The parameters of the question that was asked last. */
  get lastQuestion(): Record<string, string[]> {
    const { searchParams } = new URL(this.asked.at(-1) ?? '', 'http://trail.invalid');
    return Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]));
  }

  #answerConnections(question: URLSearchParams): Response {
    const endpointId = question.get('endpoint');
    if (!this.endpoints.some((endpoint) => endpoint.endpointId === endpointId)) {
      return problemReply(404, 'endpoint-not-recorded');
    }
    const cursor = question.get('cursor') ?? '0';
    if (!/^\d+$/.test(cursor)) return problemReply(400, 'cursor-invalid');
    const rows = this.connections.filter((row) =>
      Object.entries(FIELDS).every(([parameter, field]) => {
        const values = question.getAll(parameter);
        return values.length === 0 || values.includes(row[field] ?? '');
      }),
    );
    const from = Number(cursor);
    const to = from + Math.min(Number(question.get('limit')), this.breath);
    return json({
      connections: rows.slice(from, to),
      window: WINDOW,
      coverage: COVERAGE,
      ...(to < rows.length ? { cursor: String(to) } : {}),
    });
  }
}

/** An answer of the API. */
export function json(body: unknown, status = 200): Response {
  return new Response(toJson(body), { status });
}

/** A refusal of the API (RFC 9457). */
export function problemReply(status: number, kind: string, more: object = {}): Response {
  return json({ type: `/problems/${kind}`, title: kind, status, ...more }, status);
}
