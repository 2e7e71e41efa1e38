import { type Command, InvalidArgumentError, Option } from 'commander';
import { recorderEnvironment } from '../lambda/recorder/env.ts';
import type { RecorderOptions } from '../lambda/recorder/recorder.ts';
import { EPSILON, expectedOf, FOREVER, PAGE_SIZE, RETENTION_EXPECTED } from '../lambda/settings.ts';
import type { Signer } from '../lambda/trail/signed-note.ts';
import { openDataFolder } from '../local/data-folder.ts';
import { type ArchivePlace, archiveFolder, isArchivePlace, openArchive } from '../local/open-archive.ts';
import { openSigningKey, signingKeyFile } from '../local/signing-key.ts';
import type { TrailPlace } from '../local/trail-store.ts';
import { readBy } from './option-values.ts';

/** Where the trail is, as given on the command line. */
export type TrailOptions = Omit<TrailPlace, 'env'>;

/** Where the archive is, as given on the command line. */
export interface ArchiveOptions {
  /** A folder, or `s3://BUCKET`; absent for the folder `archive` in the data folder. */
  readonly archive?: string;
}

/** How to record, as given on the command line. */
export interface RecordingOptions extends TrailOptions, ArchiveOptions {
  readonly endpoints: RecorderOptions['ENDPOINTS'];
  readonly pageSize: RecorderOptions['PAGE_SIZE'];
  readonly epsilon: RecorderOptions['EPSILON_SECONDS'];
  readonly retention: RecorderOptions['RETENTION'];
}

/** Adds the options that say where the trail is. */
export function withTrailOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'folder of the trail; created with mode 700', './cvpn-audit-data')
    .addOption(
      new Option('--snapshots-table <name>', 'table of the evidence').env('SNAPSHOTS_TABLE').default('Snapshots'),
    )
    .addOption(
      new Option('--connections-table <name>', 'table of the projection')
        .env('CONNECTIONS_TABLE')
        .default('Connections'),
    );
}

/** Adds the option that says where the archive is. */
export function withArchiveOption(command: Command): Command {
  return command.option(
    '--archive <place>',
    'folder, or s3://BUCKET, of the archive (default: "archive" in the data folder)',
    readArchivePlace,
  );
}

function readArchivePlace(place: string): string {
  if (isArchivePlace(place)) return place;
  throw new InvalidArgumentError('expected a folder, or a bucket like s3://my-archive');
}

/** The archive and the signer of a trail on this machine. */
export async function openEvidence(
  options: TrailOptions & ArchiveOptions,
): Promise<ArchivePlace & { readonly signer: Signer }> {
  const folder = openDataFolder(options.data);
  return {
    ...(await openArchive(options.archive ?? archiveFolder(folder))),
    signer: openSigningKey(signingKeyFile(folder)),
  };
}

/** Adds the options that say how to record; they are those of the deployment. */
export function withRecordingOptions(command: Command): Command {
  const { shape } = recorderEnvironment;
  return withRetentionOption(withArchiveOption(withTrailOptions(command)))
    .addOption(
      new Option('--endpoints <ids>', 'Client VPN endpoints to record, separated by commas, or "all"')
        .argParser(readBy(shape.ENDPOINTS, '"all", or ids like cvpn-endpoint-0123456789abcdef0, separated by commas'))
        .default('all' as const),
    )
    .option('--page-size <rows>', 'rows a page', readBy(shape.PAGE_SIZE, expectedOf(PAGE_SIZE)), PAGE_SIZE.byDefault)
    .option(
      '--epsilon <seconds>',
      'allowed for clock skew',
      readBy(shape.EPSILON_SECONDS, expectedOf(EPSILON)),
      EPSILON.byDefault,
    );
}

/** Adds the option that says how long connections are kept. */
export function withRetentionOption(command: Command): Command {
  return command.addOption(
    new Option('--retention <days>', 'days that connections are kept after their end, or "forever"')
      .argParser(readBy(recorderEnvironment.shape.RETENTION, RETENTION_EXPECTED))
      .default(FOREVER),
  );
}

/**
 * The recorder's options.
 *
 * @param every - milliseconds between two recordings
 */
export function recorderOptions(options: RecordingOptions, region: string, every: number): RecorderOptions {
  return {
    SNAPSHOTS_TABLE: options.snapshotsTable,
    CONNECTIONS_TABLE: options.connectionsTable,
    ENDPOINTS: options.endpoints,
    INTERVAL_MINUTES: every / 60_000,
    PAGE_SIZE: options.pageSize,
    EPSILON_SECONDS: options.epsilon,
    RETENTION: options.retention,
    REGION: region,
  };
}
