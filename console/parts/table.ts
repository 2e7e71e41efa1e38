import { html } from 'hono/html';
import type { Html } from '../screen.ts';

/** A column of a table. */
export interface TableColumn<Row> {
  /** Plain text: it is also the label of each cell where the screen is too narrow for a table. */
  readonly header: string;
  /** In place of the plain header, like a link that sorts. */
  readonly shownHeader?: Html | undefined;
  readonly sorted?: 'ascending' | 'descending' | undefined;
  readonly cell: (row: Row) => Html | string | number | undefined;
  /** Numbers stand at the right. */
  readonly align?: 'right';
  /** The cell that names the row; one of a table's columns. */
  readonly isName?: true;
}

interface Table<Row> {
  /** What the table holds, in words; shown above it. */
  readonly caption: Html | string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  /** For the first link of a row: `j` and `k` go from one to the next. @default true */
  readonly hasKeys?: boolean;
}

/** A table that becomes a list of rows with labels where the screen is narrow. */
export function table<Row>({ caption, columns, rows, hasKeys = true }: Table<Row>): Html {
  const heads = columns.map(({ header, shownHeader, sorted, align }) => {
    const order = sorted === undefined ? '' : html` aria-sort="${sorted}"`;
    return html`<th scope="col"${align === undefined ? '' : html` class="number"`}${order}>${shownHeader ?? header}</th>`;
  });
  return html`<table${hasKeys ? html` data-keys` : ''}>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${columns.map((column) => tableCell(column, row))}</tr>\n`)}</tbody>
</table>`;
}

function tableCell<Row>({ header, cell, align, isName }: TableColumn<Row>, row: Row): Html {
  const content = cell(row);
  const isEmpty = content === undefined || content === '';
  const names = [...(align === undefined ? [] : ['number']), ...(isEmpty ? ['empty'] : [])];
  const marks = names.length === 0 ? '' : html` class="${names.join(' ')}"`;
  if (isName) return html`<th scope="row"${marks} data-label="${header}">${content}</th>`;
  return html`<td${marks} data-label="${header}">${content}</td>`;
}
