import { HOUR, type Identity, type Life, type Telling, type Walk } from './truth.ts';

/** How far apart AWS's listing and the truth may be (`epsilonSeconds`). */
export const EPSILON = 120;
/** Instants and Date headers are whole seconds. */
export const ROUNDING = 2;

/** Pages of forty seconds, of two endpoints. */
const LONGEST_CAPTURE = 300;

/** What was told of one life, and hidden, in the snapshots of its endpoint, oldest first. */
export class Told {
  readonly life: Life;
  readonly tellings: readonly Telling[];
  readonly #hidden: readonly number[];
  /** When the first snapshot of its endpoint was finished, and the newest. */
  readonly #first: number | undefined;
  readonly #newest: number | undefined;

  constructor(life: Life, walks: readonly Walk[]) {
    this.life = life;
    const own = walks.filter(({ endpoint }) => endpoint === life.endpoint);
    this.#first = own[0]?.answered;
    this.#newest = own.at(-1)?.answered;
    this.tellings = own.flatMap(({ tellings }) => tellings.filter((telling) => telling.life === life));
    this.#hidden = own.flatMap(({ hidden }) => hidden.filter((one) => one.life === life).map(({ at }) => at));
  }

  /** Whether a snapshot tells that it was called this. */
  tells(identity: Identity): boolean {
    return this.tellings.some((telling) => telling.identity === identity);
  }

  /**
   * The lie of AWS's for which nobody could know that it was connected at a second; each is named here, and there are no others.
   */
  excuses(second: number): string | undefined {
    const [first, newest, lies] = [this.tellings[0], this.tellings.at(-1), this.#lastLies];
    if (!first || !newest) return this.#hidden.length > 0 ? 'hidden in every answer' : undefined;
    if (lies.some(({ end, at }) => second >= Math.min(end ?? at, at) - ROUNDING)) {
      return 'called terminated, and not live again since';
    }
    if (this.isHiddenAgain && second > newest.at - ROUNDING) return 'hidden again and again since its newest row';
    if (this.life.start !== 'told' && second <= this.hiddenBefore + ROUNDING) {
      return 'hidden before its first row, which has no beginning';
    }
    return undefined;
  }

  /** When AWS hid it last before its first row. */
  get hiddenBefore(): number {
    const first = this.tellings[0]?.at ?? Number.NEGATIVE_INFINITY;
    return this.#hidden.findLast((at) => at < first) ?? Number.NEGATIVE_INFINITY;
  }

  /** It had ended when AWS hid it, and no row tells when: the snapshot without it says that it began later. */
  get isOverBeforeItsFirstRow(): boolean {
    const tellsTimes = this.tellings.some(({ start, end }) => start !== undefined || end !== undefined);
    return !tellsTimes && this.life.to <= this.hiddenBefore + ROUNDING;
  }

  /** Whether a beginning is as far back as a log says anything whose snapshots before its first row prove nothing. */
  isWhereClaimsBegin(earliest: number | undefined): boolean {
    const first = this.tellings[0]?.at;
    const longest = HOUR + EPSILON;
    return earliest !== undefined && first !== undefined && Math.abs(first - longest - earliest) <= LONGEST_CAPTURE;
  }

  /** Whether the first snapshot that there is has it: when it began is then anybody's guess. */
  get isThereFromTheFirst(): boolean {
    return this.#first !== undefined && this.tellings[0] !== undefined && this.tellings[0].at <= this.#first;
  }

  /**
   * AWS has hidden it in two answers or more since its newest row, and it has been absent for an hour: one answer without it ends nobody,
   * but these say together that it ended before the first of them.
   */
  get isHiddenAgain(): boolean {
    const since = this.#hidden.filter((at) => at > (this.tellings.at(-1)?.at ?? 0));
    return since.length > 1 && (this.#newest ?? 0) - (since[0] ?? 0) >= HOUR;
  }

  /** AWS called it terminated while it was live, and has said nothing since that shows it: not that it is live, nor another end. */
  get isFalselyEnded(): boolean {
    return this.#lastLies.length > 0;
  }

  /** AWS tells of it an end from before its beginning, which it does not tell, and nothing else since. */
  get isEndedBeforeItBegan(): boolean {
    const { start, from } = this.life;
    return start !== 'told' && this.#lastLies.some(({ end }) => end !== undefined && end < from);
  }

  /** The false ends since the last row that shows that it is live, or tells another end. */
  get #lastLies(): Telling[] {
    const words = this.tellings.filter(({ ended, end, isFalseEnd }) => !ended || end !== undefined || isFalseEnd);
    return words.slice(words.findLastIndex(({ isFalseEnd }) => !isFalseEnd) + 1);
  }
}
