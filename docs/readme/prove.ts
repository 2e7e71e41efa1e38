import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fenced, type ShownTrail, show } from './command.ts';

const FILE = 'connections.csv';

/**
 * What proving prints: the trail, an export, and the same export after somebody has changed a name in it.
 *
 * @param name one that stands in the export
 */
export async function proveOutput(trail: ShownTrail, name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-readme-'));
  const exporting = ['export', '--since', '12h', '--format', 'csv', '--out', FILE, '--evidence'];
  const verify = () => show(trail, ['verify', FILE], ['--output', 'table'], folder);
  try {
    const verified = await show(trail, ['verify'], ['--data', trail.data, '--output', 'table'], folder);
    const exported = await show(trail, exporting, [], folder);
    const proven = await verify();
    const changed = changeName(join(folder, FILE), name);
    return fenced(verified, '', exported, '', proven, '', changed, await verify());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Does what the shown command does. */
function changeName(file: string, name: string): string {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(name)) throw new Error(`the export does not have ${name}`);
  writeFileSync(file, text.replaceAll(name, 'somebody.else'));
  return `$ sed -i 's/${name}/somebody.else/' ${FILE}`;
}
