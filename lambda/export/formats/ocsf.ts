import type { ConnectionAnswer } from '../../query/schemas/connection.ts';
import type { ExportWriter, Sink } from './format.ts';
import { createLineWriter } from './line-writer.ts';
import { OCSF_ATTRIBUTES } from './ocsf-attributes.ts';
import { endOf, type TunnelEvent } from './ocsf-event.ts';
import { eventText } from './ocsf-text.ts';

/** One event of class 4014 (Tunnel Activity) per line: for each connection its Open and, once it has ended, its Close. */
export function createOcsfWriter(sink: Sink): ExportWriter {
  return createLineWriter(sink, (connections) =>
    connections
      .flatMap(tunnelEvents)
      .map((event) => `${eventText(event)}\n`)
      .join(''),
  );
}

/** The events of a connection. */
export function tunnelEvents(connection: ConnectionAnswer): TunnelEvent[] {
  const hasEnded = endOf(connection) !== undefined;
  const open: TunnelEvent = { connection, activity: 'Open', isLast: !hasEnded };
  return hasEnded ? [open, { connection, activity: 'Close', isLast: true }] : [open];
}

/** The values of an event, by dotted path. */
export function attributesOf(event: TunnelEvent): [path: string, value: unknown][] {
  return OCSF_ATTRIBUTES.flatMap(({ path, value }): [string, unknown][] => {
    const said = value(event);
    return said === undefined ? [] : [[path, said]];
  });
}
