import type { StoredRow } from './snapshot.ts';

/** Walks sorted rows id by id. */
export class RowGroups {
  readonly #source: AsyncIterator<readonly StoredRow[]> | Iterator<readonly StoredRow[]>;
  #rows: readonly StoredRow[] = [];
  #next = 0;
  #exhausted = false;

  constructor(source: Iterable<readonly StoredRow[]> | AsyncIterable<readonly StoredRow[]>) {
    this.#source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** Whether the next batch is needed: it may have more rows of the last id. */
  get isShort(): boolean {
    return !this.#exhausted && (this.done || this.#rows.at(-1)?.id === this.id);
  }

  async fill(): Promise<void> {
    while (this.isShort) {
      const { done, value } = await this.#source.next();
      if (done) this.#exhausted = true;
      else this.#rows = [...this.#rows.slice(this.#next), ...value];
      this.#next = done ? this.#next : 0;
    }
  }

  get done(): boolean {
    return this.#next >= this.#rows.length;
  }

  get id(): string {
    return this.#rows[this.#next]?.id ?? '';
  }

  take(): StoredRow[] {
    const id = this.id;
    const start = this.#next;
    while (!this.done && this.id === id) this.#next++;
    return this.#rows.slice(start, this.#next);
  }
}
