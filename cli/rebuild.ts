import { Command } from 'commander';
import { CONNECTIONS } from '../lambda/dynamodb/tables.ts';
import { rebuild } from '../lambda/recorder/rebuild.ts';
import { createTable } from '../local/create-tables.ts';
import { shareTrail } from '../local/trail-store.ts';
import type { Terminal } from './terminal.ts';
import { type RecordingOptions, type TrailOptions, withRetentionOption, withTrailOptions } from './trail-options.ts';
import { WrongUsage } from './wrong-usage.ts';

interface RebuildOptions extends TrailOptions {
  readonly to?: string;
  readonly retention: RecordingOptions['retention'];
}

/** `cvpn-audit rebuild`: rebuilds the projection from the log. */
export function rebuildCommand(terminal: Terminal): Command {
  return withRetentionOption(withTrailOptions(new Command('rebuild')))
    .description('makes the connections again from the snapshots, into a new table; goes on where it was interrupted')
    .option('--to <name>', 'the new table (default: the name of the connections table and "Rebuilt")')
    .action((options: RebuildOptions) =>
      rebuildTo(options.to ?? `${options.connectionsTable}Rebuilt`, options, terminal),
    );
}

async function rebuildTo(connectionsTable: string, options: RebuildOptions, terminal: Terminal): Promise<void> {
  const { snapshotsTable } = options;
  if ([snapshotsTable, options.connectionsTable].includes(connectionsTable)) {
    throw new WrongUsage(`--to names the table ${connectionsTable}, which is in use; expected the name of a new one.`);
  }
  const store = await shareTrail({ ...options, env: terminal.env }, 'rebuild');
  try {
    await createTable(store.client, connectionsTable, CONNECTIONS);
    const made = await rebuild(
      { documents: store.documents, now: () => new Date() },
      { snapshotsTable, connectionsTable },
      options.retention === 'forever' ? undefined : options.retention,
      ({ endpointId, entries, of }) => terminal.progress(entries / of, `${endpointId}  entry ${entries} of ${of}`),
    );
    terminal.line(`${connectionsTable} is made again from ${made.entries} log entries of ${made.endpoints} endpoints.`);
  } finally {
    await store.close();
  }
}
