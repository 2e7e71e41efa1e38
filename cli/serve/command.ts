import { resolve } from 'node:path';
import { Command } from 'commander';
import { DynamoDbSnapshotLog } from '../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { startLocalApi } from '../../local/local-api.ts';
import { planSimulation } from '../../local/plan-simulation.ts';
import { readSimulation, writeSimulation } from '../../local/simulation-record.ts';
import { holdTrail, type TrailStore } from '../../local/trail-store.ts';
import { stopSignal } from '../interruption.ts';
import { noticeFailure } from '../notice-failure.ts';
import { openPage } from '../open-page.ts';
import { commandJob, exportJob } from '../page-jobs.ts';
import type { Terminal } from '../terminal.ts';
import { openEvidence, recorderOptions } from '../trail-options.ts';
import { serveHeader } from './header.ts';
import { serveLive } from './live.ts';
import { checkServeOptions, type ServeOptions, withServeOptions } from './options.ts';
import { servePastDay } from './past-day.ts';
import { targetsOf } from './serving.ts';
import { type ReadySource, readySource } from './source.ts';

/** `cvpn-audit serve`: records on schedule, and answers questions, until it is stopped. */
export function serveCommand(terminal: Terminal): Command {
  return withServeOptions(new Command('serve'))
    .description('the whole system on this machine: DynamoDB in a folder, the recorder on its schedule, the API')
    .action(async (options: ServeOptions, command: Command) => {
      checkServeOptions(command, options);
      await serve(options, terminal);
    });
}

async function serve(options: ServeOptions, terminal: Terminal): Promise<void> {
  const signal = stopSignal(terminal);
  const ready = await readySource(options, terminal.env);
  const store = await holdTrail({ ...options, env: terminal.env }, 'serve');
  try {
    await serveTrail(options, ready, store, terminal, signal);
  } finally {
    await store.close();
  }
  terminal.line(`Stopped. The trail is in ${store.location}.`);
}

async function serveTrail(
  options: ServeOptions,
  ready: ReadySource,
  store: TrailStore,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { every, speed, snapshotsTable } = options;
  const folder = resolve(options.data);
  const before = await lastSlot(store, snapshotsTable);
  const trail = {
    location: store.location,
    saved: readSimulation(folder),
    trailIsEmpty: before === undefined,
    now: new Date(),
    every,
  };
  const plan = planSimulation(ready.wanted, trail);
  const source = await ready.open(plan);
  try {
    const { region } = source.places[0];
    const recorder = recorderOptions(options, region, every);
    const { archive, signer, location: archiveLocation } = await openEvidence(options);
    const recordings = new Set<Date>();
    let address = '';
    const jobs = { env: () => ({ ...terminal.env, CVPN_AUDIT_API: address }), signal, now: () => new Date() };
    const api = await startLocalApi({
      port: options.port,
      region,
      documents: store.documents,
      signer,
      settings: { ...recorder, ACCESSES_TABLE: options.accessesTable, ...targetsOf(source) },
      now: source.clock.now,
      onError: (error) => noticeFailure(error, terminal),
      yields: () => recordings.size > 0,
      verification: commandJob(['verify', ...trailWords(options), '--output=table'], jobs),
      exports: exportJob(jobs),
    });
    address = api.url;
    // The recording in progress has the machine to itself.
    signal.addEventListener('abort', () => void api.close());
    try {
      const serving = {
        store,
        source,
        archive,
        archiveLocation,
        signer,
        api,
        recorder,
        every,
        terminal,
        signal,
        recordings,
      };
      for (const line of serveHeader(serving, options)) terminal.line(line);
      if (options.open) openPage(`${api.url}/`, terminal);
      if (plan) writeSimulation(folder, plan);
      if (plan?.source === 'company') await servePastDay(serving, plan, before);
      const last = await lastSlot(store, snapshotsTable);
      // A simulation that ran fast is ahead of real time. It continues there, because a log's slots never go back.
      if (plan) source.clock.run(new Date(Math.max(Date.now(), last?.getTime() ?? 0)), speed);
      if (!signal.aborted) await serveLive(serving, last);
    } finally {
      await api.close();
    }
  } finally {
    await source.close();
  }
}

/** The trail, as another command is told where it is. */
function trailWords({ data, snapshotsTable, connectionsTable, archive }: ServeOptions): string[] {
  return [
    `--data=${resolve(data)}`,
    `--snapshots-table=${snapshotsTable}`,
    `--connections-table=${connectionsTable}`,
    ...(archive === undefined ? [] : [`--archive=${archive}`]),
  ];
}

/** The latest slot of any endpoint's log; undefined for an empty trail. */
async function lastSlot({ documents }: TrailStore, snapshotsTable: string): Promise<Date | undefined> {
  const endpoints = await new DynamoDbSnapshotLog(documents, snapshotsTable).readEndpoints();
  const slots = endpoints.flatMap(({ head }) => head?.slot ?? []).sort();
  return slots.length === 0 ? undefined : new Date(slots.at(-1) ?? '');
}
