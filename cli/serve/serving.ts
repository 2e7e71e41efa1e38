import type { ApiServer } from '../../gateway/api-server.ts';
import type { QuerySettings } from '../../lambda/query/env.ts';
import { type RecorderOptions, type RecorderPorts, record } from '../../lambda/recorder/recorder.ts';
import type { RecordingSummary } from '../../lambda/recorder/summary.ts';
import type { Archive } from '../../lambda/trail/archive.ts';
import type { Signer } from '../../lambda/trail/signed-note.ts';
import type { RecordedPlace, RecordingSource } from '../../local/recording-source.ts';
import type { TrailStore } from '../../local/trail-store.ts';
import type { Terminal } from '../terminal.ts';

/** What a running `serve` works with. */
export interface Serving {
  readonly store: TrailStore;
  readonly source: RecordingSource;
  readonly archive: Archive;
  readonly signer: Signer;
  /** Where the archive is, for people. */
  readonly archiveLocation: string;
  /** The trail's own API, and AWS's over the trail. */
  readonly api: ApiServer;
  readonly recorder: RecorderOptions;
  /** Milliseconds between two recordings. */
  readonly every: number;
  readonly terminal: Terminal;
  /** Aborted to stop. */
  readonly signal: AbortSignal;
  /** Recordings in progress; questions yield to them. */
  readonly recordings: Set<Date>;
}

/**
 * Records a slot, each place by itself and at the same time: one that is slow or refuses holds up no other. Meanwhile one question at a
 * time is answered (ADR 33).
 *
 * @throws Error as {@link record} does, once all places are done with
 */
export async function recordFirst(
  serving: Serving,
  slot: Date,
  options?: Parameters<typeof record>[3],
): Promise<readonly RecordingSummary[]> {
  serving.recordings.add(slot);
  const { places } = serving.source;
  try {
    const recorded = await Promise.allSettled(
      places.map((place) => record(recorderPorts(serving, place), optionsOf(serving.recorder, place), slot, options)),
    );
    return recorded.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
  } finally {
    serving.recordings.delete(slot);
  }
}

function optionsOf(recorder: RecorderOptions, { region, account }: RecordedPlace): RecorderOptions {
  return { ...recorder, REGION: region, ...(account === undefined ? {} : { ACCOUNT_ID: account, IS_TARGET: true }) };
}

/** The ports of the recorder. */
export function recorderPorts(
  { store, source, archive, signer }: Pick<Serving, 'store' | 'source' | 'archive' | 'signer'>,
  { ec2 }: RecordedPlace,
): RecorderPorts {
  const { clock } = source;
  return { ec2, documents: store.documents, archive, signer, now: clock.now, elapsed: clock.elapsed };
}

/** The places that answers must tell of even if nothing of them is recorded yet. */
export function targetsOf({ places }: Pick<RecordingSource, 'places'>): Pick<QuerySettings, 'TARGETS'> {
  const TARGETS = places.flatMap(({ account, region }) =>
    account === undefined ? [] : [{ accountId: account, region }],
  );
  return TARGETS.length === 0 ? {} : { TARGETS };
}
