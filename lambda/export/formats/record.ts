/** The activity of an OCSF event. */
export type Activity = 'Open' | 'Close';

/**
 * A connection in a file, in a normal form, so that actual and expected values can be compared field by field.
 * Fields are named as in the file: by column, by JSON member, by dotted path in OCSF. Absent values have no field.
 */
export interface ExportRecord {
  readonly connectionId: string;
  /** In OCSF a connection has a record for each event. */
  readonly activity?: Activity;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A record, and where it was found: `line 12`, `row 12`. */
export interface ReadRecord extends ExportRecord {
  readonly where: string;
}

/**
 * Bytes of a row of text: many times what the limits of its values give (ADR 37). A longer one is not read further, so that no file takes
 * more memory than its rows do.
 */
export const LONGEST_LINE = 1024 ** 2;

/** A file that is not in the format that this product writes. The message says where and why. */
export class MalformedExport extends Error {
  override readonly name = 'MalformedExport';
  /** `line 12`, `row 12`, or `the file`. */
  readonly where: string;

  constructor(where: string, problem: string, options?: ErrorOptions) {
    super(`${where}: ${problem}`, options);
    this.where = where;
  }
}

/** That a row is longer than {@link LONGEST_LINE}. */
export const tooLong = (where: string): MalformedExport =>
  new MalformedExport(where, `longer than ${LONGEST_LINE} bytes, which no row is`);
