import type { Hono } from 'hono';
import { createExportApp, type ExportPorts } from '../../../lambda/export/app.ts';
import type { ExportRequest } from '../../../lambda/export/request.ts';
import type { QueryBindings } from '../../../lambda/query/query-ports.ts';
import type { Problem } from '../../../lambda/query/schemas/trail.ts';
import { type ExportManifest, openManifest, type SignedManifest } from '../../../lambda/trail/export-manifest.ts';
import { ANALYST, type Answer, settingsOf, settingsWithAccesses } from '../command/asked-trail.ts';
import { ALPHA, type RecordedTrail, type StoredItem } from '../recording/recorded-trail.ts';

/** A made export, as a client asks to have it signed. */
export const REQUEST: ExportRequest = {
  question: { user: ['alice.example.com'], since: ['2026-11-20T07:30:00Z'], until: ['2026-11-20T08:00:00Z'] },
  format: 'csv',
  files: [{ name: 'november.csv', bytes: 1234, sha256: 'ab'.repeat(32) }],
  rows: 17,
  exporter: '0.1.0',
};

/** With each member that may be absent. */
type Whole<T> = T extends readonly (infer U)[]
  ? readonly Whole<U>[]
  : T extends object
    ? { readonly [Name in keyof T]-?: Whole<NonNullable<T[Name]>> }
    : T;

/** A manifest with every member, of an export that nobody made. */
export const MANIFEST: Whole<ExportManifest> = {
  form: 1,
  kind: 'search',
  format: 'csv',
  files: [{ name: 'november, “final” – übrig.csv', bytes: 1234, sha256: 'ab'.repeat(32), bom: true }],
  rows: 17,
  question: { user: ['alice'], since: ['2026-11-01T00:00:00Z'], until: ['2026-11-22T00:00:00Z'] },
  window: { since: '2026-11-01T00:00:00Z', until: '2026-11-22T00:00:00Z', match: 'overlap' },
  coverage: {
    complete: false,
    gaps: [
      {
        endpointId: ALPHA,
        accountId: '111122223333',
        region: 'us-east-1',
        start: '2026-11-02T00:00:00Z',
        end: '2026-11-02T00:09:00Z',
        reasons: ['no-run'],
        ongoing: true,
      },
    ],
    projectedThrough: '2026-11-22T00:00:00Z',
    pendingSince: '2026-11-21T23:58:00Z',
  },
  assumptions: ['AWS lists a connection until 60 minutes after its end.'],
  checkpoints: [{ endpointId: ALPHA, note: 'a note' }],
  evidence: [
    {
      endpointId: ALPHA,
      first: 3,
      size: 9,
      left: ['cd'.repeat(32)],
      consistency: ['ef'.repeat(32)],
      others: [{ entry: 1, inclusion: ['01'.repeat(32)] }],
    },
  ],
  beside: [{ name: 'coverage.json', bytes: 12, sha256: '23'.repeat(32) }],
  exportedAt: '2026-11-22T12:00:00Z',
  exportedBy: 'arn:aws:iam::123456789012:user/auditor',
  versions: { exporter: '0.1.0' },
};

/** The export app over a recorded trail, without HTTP in between. */
export class SigningTrail {
  /** What the callers were not told. */
  readonly errors: unknown[] = [];
  readonly #trail: RecordedTrail;
  readonly #app: Hono<{ Bindings: QueryBindings }>;
  #requests = 0;

  private constructor(trail: RecordedTrail, ports: Partial<ExportPorts>) {
    this.#trail = trail;
    this.#app = createExportApp({ ...signingPorts(trail, this.errors), ...ports });
  }

  static async over(trail: RecordedTrail, ports: Partial<ExportPorts> = {}): Promise<SigningTrail> {
    await settingsWithAccesses(trail);
    return new SigningTrail(trail, ports);
  }

  /** Sends a body: a document, or a text as it is. */
  async send<T>(body: unknown, { method = 'POST', path = '/exports' } = {}): Promise<Answer<T>> {
    this.#requests += 1;
    const caller = { principal: ANALYST, requestId: `request-${this.#requests}` };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const request = new Request(`http://trail${path}`, { method, ...(method === 'POST' ? { body: text } : {}) });
    const response = await this.#app.fetch(request, { caller });
    return { status: response.status, body: (await response.json()) as T };
  }

  /** The manifest that is signed for {@link REQUEST} with these changes; opened with the trail's key. */
  async sign(changes: Partial<ExportRequest> = {}) {
    const { status, body } = await this.send<SignedManifest>({ ...REQUEST, ...changes });
    if (this.errors.length > 0) throw this.errors[0];
    if (status !== 200) throw new Error(`answered with ${status}: ${JSON.stringify(body)}`);
    return openManifest(body, [await this.#trail.signer.publicKey()]);
  }

  /** The problem that a body is refused with. */
  async refused(body: unknown): Promise<Problem> {
    return (await this.send<Problem>(body)).body;
  }

  accesses(): Promise<StoredItem[]> {
    return this.#trail.scan(settingsOf(this.#trail).ACCESSES_TABLE);
  }
}

/** What the export app reaches a recorded trail through. */
export function signingPorts(trail: RecordedTrail, errors: unknown[]): ExportPorts {
  return {
    documents: trail.tables.documents,
    signer: trail.signer,
    settings: settingsOf(trail),
    now: () => trail.now,
    onError: (error) => errors.push(error),
  };
}
