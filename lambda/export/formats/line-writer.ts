import { toJson } from '../../query/json.ts';
import type { ConnectionAnswer } from '../../query/schemas/connection.ts';
import type { ExportWriter, Sink } from './format.ts';

/** Connections whose text is held at a time. */
const ROWS_AT_ONCE = 1000;

/** Writes a format that has text for each connection, after a header, which is written even without connections. */
export function createLineWriter(
  sink: Sink,
  toText: (connections: readonly ConnectionAnswer[]) => string,
  header = '',
): ExportWriter {
  let before = header;
  const send = async (text: string) => {
    before = '';
    if (text !== '') await sink(Buffer.from(text));
  };
  return {
    write: async (connections) => {
      for (let row = 0; row < connections.length; row += ROWS_AT_ONCE) {
        await send(before + toText(connections.slice(row, row + ROWS_AT_ONCE)));
      }
    },
    end: () => send(before),
  };
}

/** One connection of the HTTP API per line, with exact counters. */
export function createNdjsonWriter(sink: Sink): ExportWriter {
  return createLineWriter(sink, (connections) => connections.map((row) => `${toJson(row)}\n`).join(''));
}
