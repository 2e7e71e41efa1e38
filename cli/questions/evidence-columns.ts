import type { Evidence } from '../../lambda/query/schemas/connection.ts';
import { timeColumn } from '../asking/show-time.ts';
import type { ListShape } from '../output/row-writer.ts';

/** How the snapshots that prove a connection are shown. */
export function evidenceShape(zone: string): ListShape<Evidence> {
  return {
    name: 'snapshots',
    columns: [
      timeColumn('PROVEN BY SNAPSHOT', 1, zone, ({ slot }, show) => show(slot)),
      { header: 'ENTRY', rank: 1, least: 6, align: 'right', cell: ({ entry }) => String(entry) },
      { header: 'LEAF HASH (SHA-256)', rank: 2, least: 16, cell: ({ leafHash }) => leafHash },
      {
        header: 'CHUNK',
        rank: 3,
        least: 8,
        cell: ({ chunk, chunkIndex, expired }) => (expired ? 'expired' : `${chunkIndex ?? ''} ${chunk ?? ''}`.trim()),
      },
    ],
    fields: [],
  };
}
