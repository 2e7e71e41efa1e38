import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalApi } from '../../../local/local-api.ts';
import { ask } from '../command/asked-api.ts';
import type { ProofVerdict } from '../exports/exported-proof.ts';
import type { LivedWorld } from './lived-world.ts';
import { ALPHA, BETA, instantAt, type World } from './truth.ts';

/** What `verify` says of exports of a world that was lived and that nobody has touched: the faults of each, with its question. */
export async function accusationsOfExports(lived: LivedWorld): Promise<string[]> {
  const { documents, options, ports } = lived.trail;
  // While nothing is recorded of an endpoint there is no evidence to export.
  if ([ALPHA, BETA].some((id) => !lived.walks.some(({ endpoint }) => endpoint === id))) return [];
  const { signer } = ports;
  if (!signer) throw new Error('a world without a key');
  const folder = mkdtempSync(join(tmpdir(), 'exported-world-'));
  const settings = { ...options, ACCESSES_TABLE: `${options.CONNECTIONS_TABLE}-Accesses` };
  const errors: unknown[] = [];
  const now = lived.clock.machineNow;
  const api = await startLocalApi({
    port: 0,
    documents,
    signer,
    settings,
    now,
    onError: (error) => errors.push(error),
  });
  try {
    const found: string[] = [];
    for (const [index, words] of questionsOf(lived.clock.seconds, lived.world).entries()) {
      const file = join(folder, `x${index}`);
      const list = ['export', ...words.split(' '), '--format', 'ndjson', '--evidence', '--out', file];
      const { said, code } = await ask(api.url, list, { time: { now } });
      if (code !== 0 && code !== 4) throw new Error(`${words}: ${said} ${errors.join()}`);
      const { out } = await ask(api.url, ['verify', file, '--output', 'json'], { time: { now } });
      const { faults } = JSON.parse(out) as ProofVerdict;
      found.push(...faults.map(({ kind, message }) => `${words}: ${kind}: ${message}`));
    }
    return found;
  } finally {
    await api.close();
    rmSync(folder, { recursive: true });
  }
}

/** About the middle of a world: all of it, and in turn what ended, who had an address, or what is so now. */
function questionsOf(seconds: number, { attempts }: World): string[] {
  const window = `--since ${instantAt(Math.round(seconds * 0.4))} --until ${instantAt(Math.round(seconds * 0.5))}`;
  const others = ['--ip 172.31.9.9', '--match ended', '--status active'];
  return [window, `${window} ${others[(attempts.length + 2) % others.length]}`];
}
