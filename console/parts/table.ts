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
  const cells = columns.map(cellsOf);
  return html`<table${hasKeys ? html` data-keys` : ''}>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${columns.map((column, index) => showCell(column.cell(row), cells[index]))}</tr>\n`)}</tbody>
</table>`;
}

/** What begins and ends the cells of a column, made once: a page may have thousands. */
function cellsOf<Row>({ header, align, isName }: TableColumn<Row>) {
  const begin = (names: string) => {
    const marks = names === '' ? '' : html` class="${names}"`;
    return isName ? html`<th scope="row"${marks} data-label="${header}">` : html`<td${marks} data-label="${header}">`;
  };
  const number = align === undefined ? '' : 'number';
  return { full: begin(number), empty: begin(`${number} empty`.trim()), end: isName ? html`</th>` : html`</td>` };
}

function showCell(content: ReturnType<TableColumn<never>['cell']>, cell: ReturnType<typeof cellsOf> | undefined): Html {
  const isEmpty = content === undefined || content === '';
  return html`${isEmpty ? cell?.empty : cell?.full}${content}${cell?.end}`;
}
