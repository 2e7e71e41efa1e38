import type { Fault } from '../../cli/verify/fault.ts';
import { type Asked, ask } from './asked-api.ts';
import type { ExportedTrail } from './exported-trail.ts';

/** What `verify FILE` says, for programs. */
export interface Verdict {
  readonly verdict: 'proven' | 'unaltered' | 'not-proven';
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly keysPinned: boolean;
}

/** Nobody listens there: an export is verified offline. */
const NOWHERE = 'http://127.0.0.1:9';

/** Runs `verify FILE`, with the trail's key, years after the export was made. */
export async function verify(exported: ExportedTrail, name: string, words: readonly string[] = []): Promise<Asked> {
  const key = Buffer.from(await exported.trail.signer.publicKey()).toString('base64');
  const now = () => new Date('2031-01-01T00:00:00Z');
  return ask(NOWHERE, ['verify', exported.path(name), '--key', key, ...words], { time: { now } });
}

/** What it says of an export, for programs. */
export async function verdictOf(exported: ExportedTrail, name: string): Promise<Verdict> {
  const { out } = await verify(exported, name, ['--output', 'json']);
  return JSON.parse(out) as Verdict;
}
