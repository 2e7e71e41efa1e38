import { Command } from 'commander';
import { DynamoDbSnapshotLog } from '../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { SNAPSHOTS } from '../../lambda/dynamodb/tables.ts';
import { type Archive, checkpointObject, MANIFESTS, tenDigits } from '../../lambda/trail/archive.ts';
import { openCheckpoint, originOf } from '../../lambda/trail/checkpoint.ts';
import type { Head } from '../../lambda/trail/head.ts';
import type { SnapshotLog } from '../../lambda/trail/ports.ts';
import { appendLeaf, EMPTY_RANGE, leafHash } from '../../lambda/trail/proof.ts';
import { isTrailName } from '../../lambda/trail/trail-log.ts';
import { createTable } from '../../local/create-tables.ts';
import { archiveFolder, openArchive } from '../../local/open-archive.ts';
import { shareTrail } from '../../local/trail-store.ts';
import { type CollectedFindings, collectFindings } from '../../verification/findings.ts';
import { judgedArchive } from '../../verification/judged-archive.ts';
import { openArchivedLog } from '../../verification/log/archived-log.ts';
import { type VerifiedLog, verifyLog } from '../../verification/log/verify-log.ts';
import { readTrailLog } from '../../verification/trail-log/read-trail-log.ts';
import { archivedTrails } from '../../verification/trail-log/read-trail-logs.ts';
import { findTrustedKeys, type TrustedKeys } from '../../verification/trusted-keys.ts';
import { count } from '../../words/amounts.ts';
import { EXIT } from '../exit-codes.ts';
import type { Surroundings } from '../surroundings.ts';
import { type ArchiveOptions, type TrailOptions, withArchiveOption, withTrailOptions } from '../trail-options.ts';
import { collectKeys } from '../verify/read-public-key.ts';
import { faultLines } from '../verify/report.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { type RecoverPorts, recoverLog } from './recover-log.ts';

interface RecoverOptions extends TrailOptions, ArchiveOptions {
  readonly to?: string;
  readonly key?: readonly Uint8Array[];
}

const EXAMPLES = `
The new table has what is archived and signed: snapshots, gaps, heads. Then make the connections again from it, and name both:
  cvpn-audit recover --to Recovered
  cvpn-audit rebuild --snapshots-table Recovered --to RecoveredConnections
Failure notes and accesses are not archived. Exit code 3: the archive has faults; only what goes before them was recovered.`;

/** `cvpn-audit recover`: rebuilds the table of the evidence from the archive. */
export function recoverCommand(surroundings: Surroundings): Command {
  const command = new Command('recover').description(
    'makes the snapshots again from the archive, into a new table; goes on where it was interrupted',
  );
  return withArchiveOption(withTrailOptions(command))
    .option('--to <name>', 'the new table (default: the name of the snapshots table and "Recovered")')
    .option(
      '--key <key>',
      'public key that must have signed: base64, verifier key or PEM file; repeatable',
      collectKeys,
    )
    .addHelpText('after', EXAMPLES)
    .action((options: RecoverOptions) => recover(options, surroundings));
}

async function recover(options: RecoverOptions, { terminal, exit }: Surroundings): Promise<void> {
  const table = options.to ?? `${options.snapshotsTable}Recovered`;
  if ([options.snapshotsTable, options.connectionsTable].includes(table)) {
    throw new WrongUsage(`--to names the table ${table}, which is in use; expected the name of a new one.`);
  }
  const { archive: given, location } = await openArchive(options.archive ?? archiveFolder(options.data));
  const findings = collectFindings((text) => terminal.count(text));
  const archive = judgedArchive(given, 'archive', findings);
  const keys = await findTrustedKeys(options.key ?? [], archive, findings);
  const endpoints = await findLogs(archive);
  if (endpoints.length === 0)
    throw new Error(`There is no archived log in ${location}. Name the archive with --archive.`);
  const store = await shareTrail({ ...options, env: terminal.env }, 'recover');
  try {
    await createTable(store.client, table, SNAPSHOTS);
    const log = new DynamoDbSnapshotLog(store.documents, table);
    let [entries, lost] = [0, 0];
    for (const endpointId of endpoints) {
      const ports: RecoverPorts = {
        archive,
        log,
        onEntry: ({ entry }, of) => terminal.progress((entry + 1) / of, `${endpointId}  entry ${entry + 1} of ${of}`),
        onLostChunk: () => {
          lost += 1;
        },
      };
      const verified = await readArchived(archive, endpointId, keys, findings);
      entries += await recoverEndpoint(ports, endpointId, verified, keys);
    }
    const [trail, ...others] = await archivedTrails(archive);
    if (trail) await recoverTrail({ archive, log }, trail, keys, findings);
    if (others.length > 0)
      terminal.notice(`Of the trails’ own logs only that of ${trail} was recovered: a table has one.`);
    for (const line of faultLines(findings.faults)) terminal.notice(line, 'warning');
    terminal.line(
      `${table} has ${count(entries, 'log entry')} of ${count(endpoints.length, 'endpoint')} from ${location}.`,
    );
    if (lost > 0)
      terminal.notice(`${count(lost, 'chunk')} are not in the archive, or not as they were: expired, or removed.`);
    if (findings.faults.length > 0) exit(EXIT.proofFailed);
  } finally {
    await store.close();
  }
}

async function findLogs(archive: Archive): Promise<string[]> {
  const keys = await Array.fromAsync(archive.list(MANIFESTS));
  return [...new Set(keys.map((key) => key.split('/')[1] ?? ''))].filter((name) => !isTrailName(name)).sort();
}

async function readArchived(
  archive: Archive,
  endpointId: string,
  keys: TrustedKeys,
  findings: CollectedFindings,
): Promise<VerifiedLog> {
  const archived = await openArchivedLog(archive, endpointId, keys, findings);
  const isInWindow = () => true;
  const sources = { endpointId, stored: undefined, archived, storedCheckpoint: undefined, isInWindow };
  return verifyLog(sources, findings);
}

/** Only entries that a checkpoint covers, from the first one on without missing ones. */
async function recoverEndpoint(
  ports: RecoverPorts,
  endpointId: string,
  { manifests, anchored }: VerifiedLog,
  keys: TrustedKeys,
): Promise<number> {
  const proven = manifests.slice(0, anchored).filter(({ entry }, index) => entry === index);
  const entries = await recoverLog(ports, endpointId, proven);
  await markArchived(ports.log, ports.archive, endpointId, keys);
  return entries;
}

/** So that the recorder continues from the newest checkpoint. */
async function markArchived(log: SnapshotLog, archive: Archive, endpointId: string, keys: TrustedKeys): Promise<void> {
  const head = await log.readHead(endpointId);
  if (head) await saveArchived({ archive, log }, endpointId, head, keys);
}

/** The archived checkpoint of the whole log, if there is one. */
async function saveArchived(
  { archive, log }: Pick<RecoverPorts, 'archive' | 'log'>,
  name: string,
  { slot, range }: Pick<Head, 'slot' | 'range'>,
  keys: TrustedKeys,
): Promise<void> {
  const bytes = await archive.get(checkpointObject(name, range.size));
  if (!bytes) return;
  const note = Buffer.from(bytes).toString();
  const { size, publicKey } = openCheckpoint(note, originOf(name), keys.publicKeys);
  await log.saveCheckpoint({ endpointId: name, size, slot, hashes: range.hashes, note, publicKey });
}

/** The trail's own log: its entries that a checkpoint covers. */
async function recoverTrail(
  ports: Pick<RecoverPorts, 'archive' | 'log'>,
  name: string,
  keys: TrustedKeys,
  findings: CollectedFindings,
): Promise<void> {
  const texts: string[] = [];
  const source = { store: undefined, archive: ports.archive, findings };
  await readTrailLog(source, name, undefined, keys, (text) => texts.push(text));
  let range = EMPTY_RANGE;
  for (const [entry, text] of texts.entries()) {
    const isNew = await ports.log.appendTrailEntry(entry, text, range);
    if (!isNew && (await ports.log.readTrailEntry(entry)) !== text) {
      throw new Error(
        `The table has a trail’s log that is not ${name} as it is archived (entry ${entry}); expected a new table, or one of an interrupted recovery.`,
      );
    }
    range = appendLeaf(range, leafHash(text));
  }
  if (range.size > 0) await saveArchived(ports, name, { slot: tenDigits(range.size - 1), range }, keys);
}
