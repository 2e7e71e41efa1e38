import { CONNECTION_FIELDS } from '../../lambda/export/formats/connection-fields.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { type Field, timeField } from '../../words/list-text.ts';
import { printableJson } from '../../words/printable.ts';

/** Every field of a connection, for CSV, as exports have them; its times are in the zone. */
export function connectionFields(zone: string): Field<ConnectionAnswer>[] {
  return CONNECTION_FIELDS.map(({ kind, name, value }) => {
    if (kind === 'time') return timeField(name, zone, (row) => value(row) as string | undefined);
    return {
      name,
      value: (row) => {
        const said = value(row);
        return typeof said === 'object' ? printableJson(said) : said;
      },
    };
  });
}
