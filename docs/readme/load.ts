/** What one endpoint asks of the recorder. */
export interface Load {
  /** Connections at once, day and night. */
  readonly connections: number;
  /** Minutes between two snapshots. */
  readonly interval: number;
  /** Hours that a connection lasts, less than 24: a longer one has entries in more indexes. */
  readonly hours: number;
}

/** Bytes of a listed connection in a chunk, as gzip leaves it. */
const CHUNK_BYTES = 47;
/** Bytes of a connection's item; it is in the table and in three indexes, and in a fourth if it saw a midnight. */
const CONNECTION_BYTES = 700;
/** Bytes of a manifest: with one node of the tree, which is what an entry completes on average. */
const MANIFEST_BYTES = 940;
/** Bytes of an entry of the trail's own log, which names one endpoint's log. */
const TRAIL_ENTRY_BYTES = 350;
/** Bytes of a manifest in the archive, where it is text, and of a checkpoint beside it; and the same of the trail's own log. */
const ARCHIVED_BYTES = 1000 + 250 + 240 + 240;
/** Bytes of a connection in an export, as Parquet has it. */
const EXPORTED_BYTES = 150;
/** The most that a chunk has: `LARGEST_CHUNK_BYTES` of `lambda/trail/snapshot.ts`. */
const LARGEST_CHUNK_BYTES = 350_000;
const INDEX_COPIES = 3;

const KB = 1024;
const GB = 1e9;

/** Snapshots of an endpoint in 30 days. */
export const snapshotsAMonth = ({ interval }: Load): number => (30 * 24 * 60) / interval;

/** The connections that one snapshot lists, and those that opened since the one before; as many ended. */
export function snapshotOf({ connections, interval, hours }: Load) {
  const anHour = connections / hours;
  return { listed: connections + anHour, opened: (anHour * interval) / 60 };
}

/** Share of the connections that see a midnight (UTC) and so, once they have ended, are in the index `bySpan` too. */
const overMidnight = ({ hours }: Load): number => hours / 24;

/**
 * Write request units of one snapshot: its chunks by the KB, the manifest and the head in one transaction (2 units each),
 * the watermark, the checkpoint, the trail's own log and its checkpoint, for each connection that opened or ended its item and three indexes, and for each that
 * ended on a later day than it began one index more.
 */
export function writeUnits(load: Load): number {
  const { listed, opened } = snapshotOf(load);
  const connections = 2 * (1 + INDEX_COPIES) * opened + overMidnight(load) * opened;
  return Math.ceil((CHUNK_BYTES * listed) / KB) + 4 + 1 + 1 + 2 + connections;
}

/**
 * Read request units of one snapshot: heads, watermark, checkpoint and manifests, the end of the trail's own log, the chunks of the snapshot before by 4 KB,
 * and each connection that opened or ended.
 */
export function readUnits(load: Load): number {
  const { listed, opened } = snapshotOf(load);
  return 10 + Math.ceil((CHUNK_BYTES * listed) / (4 * KB)) + 2 * opened;
}

/** GB that a month adds to the tables, and to the tables and indexes together. */
export function growth(load: Load): { readonly tables: number; readonly all: number } {
  const { listed, opened } = snapshotOf(load);
  const month = snapshotsAMonth(load);
  const connections = (CONNECTION_BYTES * opened * month) / GB;
  const tables = ((CHUNK_BYTES * listed + MANIFEST_BYTES + TRAIL_ENTRY_BYTES) * month) / GB + connections;
  return { tables, all: tables + (INDEX_COPIES + overMidnight(load)) * connections };
}

/**
 * Seconds of one run, on the safe side: a second to start, a fifth of a second for a page of 1,000 rows, and 500
 * connections written a second.
 */
export function runSeconds(load: Load): number {
  const { listed, opened } = snapshotOf(load);
  return 1 + (0.2 * listed) / 1000 + (2 * opened) / 500;
}

/** Objects that a snapshot adds to the archive: its chunks, its manifest and its checkpoint, and those of the trail's own log. */
export function archivedObjects(load: Load): number {
  return Math.ceil((CHUNK_BYTES * snapshotOf(load).listed) / LARGEST_CHUNK_BYTES) + 4;
}

/** GB that a month adds to the archive: chunks, manifests, checkpoints, and each connection in the export of a day or two. */
export function archiveGrowth(load: Load): number {
  const { listed, opened } = snapshotOf(load);
  const exported = EXPORTED_BYTES * (1 + overMidnight(load)) * opened;
  return ((CHUNK_BYTES * listed + ARCHIVED_BYTES + exported) * snapshotsAMonth(load)) / GB;
}

/**
 * What the daily export takes, on the safe side: the items of the connections that opened or ended on the day by 4 KB, and a
 * second for 1,000 of them and two to start.
 */
export function dailyExport(load: Load): { readonly readUnits: number; readonly seconds: number } {
  const connections = (2 * snapshotOf(load).opened * snapshotsAMonth(load)) / 30;
  return { readUnits: Math.ceil((CONNECTION_BYTES * connections) / (4 * KB)), seconds: 2 + connections / 1000 };
}
