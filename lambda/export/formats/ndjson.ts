import { toJson } from '../../query/json.ts';
import type { ExportWriter, Sink } from './format.ts';
import { createLineWriter } from './line-writer.ts';

/** One connection of the HTTP API per line, with exact counters. */
export function createNdjsonWriter(sink: Sink): ExportWriter {
  return createLineWriter(sink, (connections) => connections.map((row) => `${toJson(row)}\n`).join(''));
}
