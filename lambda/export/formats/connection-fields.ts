import type { ConnectionAnswer } from '../../query/schemas/connection.ts';
import { COLUMN_ORDER, type Kinds, type MemberName, traitsOf } from '../../trail/connection-members.ts';

/**
 * The type of a column. `time`: an instant, UTC to the second. `flag`: true or absent. `integer`: below 2^53. `counter`: one of
 * AWS's, up to 38 digits. `texts`: a list. `elements`: JSON, such as the elements that this version does not know.
 */
export type FieldKind = 'text' | 'time' | 'flag' | 'integer' | 'counter' | 'texts' | 'elements';

type FieldValue = string | number | bigint | boolean | readonly string[] | object;

/** A column of a connection, the same in CSV and Parquet. */
export interface ConnectionField {
  /** Without a zone. */
  readonly name: string;
  readonly kind: FieldKind;
  /** The member of the connection that it comes from. */
  readonly member: keyof ConnectionAnswer;
  /** Undefined if AWS did not give it. */
  readonly value: (connection: ConnectionAnswer) => FieldValue | undefined;
}

const FIELD_KINDS: Readonly<Record<Exclude<keyof Kinds, 'end'>, FieldKind>> = {
  text: 'text',
  address: 'text',
  time: 'time',
  flag: 'flag',
  seconds: 'integer',
  count: 'integer',
  counter: 'counter',
  texts: 'texts',
  elements: 'elements',
  identities: 'elements',
};

/** Every member of a connection, as columns: who and when before how much. */
export const CONNECTION_FIELDS: readonly ConnectionField[] = COLUMN_ORDER.flatMap(fieldsOf);

function fieldsOf(member: MemberName): ConnectionField[] {
  const { kind, column } = traitsOf(member);
  if (kind !== 'end') {
    const name = column ?? member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return [{ name, kind: FIELD_KINDS[kind], member, value: (connection) => connection[member] }];
  }
  return [
    { name: 'end_kind', kind: 'text', member, value: ({ end }) => end?.kind },
    { name: 'ended_after', kind: 'time', member, value: ({ end }) => end?.between?.[0] },
    { name: 'ended_before', kind: 'time', member, value: ({ end }) => end?.between?.[1] },
  ];
}
