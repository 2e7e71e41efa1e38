import type { ApiServer } from '../../gateway/api-server.ts';
import { type RecorderOptions, type RecorderPorts, record } from '../../lambda/recorder/recorder.ts';
import type { Archive } from '../../lambda/trail/archive.ts';
import type { Signer } from '../../lambda/trail/signed-note.ts';
import type { RecordingSource } from '../../local/recording-source.ts';
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

/** Records a slot. Meanwhile one question at a time is answered (ADR 33). */
export async function recordFirst(
  serving: Serving,
  slot: Date,
  options?: Parameters<typeof record>[3],
): ReturnType<typeof record> {
  serving.recordings.add(slot);
  try {
    return await record(recorderPorts(serving), serving.recorder, slot, options);
  } finally {
    serving.recordings.delete(slot);
  }
}

/** The ports of the recorder. */
export function recorderPorts({
  store,
  source,
  archive,
  signer,
}: Pick<Serving, 'store' | 'source' | 'archive' | 'signer'>): RecorderPorts {
  const { ec2, clock } = source;
  return { ec2, documents: store.documents, archive, signer, now: clock.now, elapsed: clock.elapsed };
}
