import { HOUR, type Identity, type Life, type Telling, type Walk } from './truth.ts';

/** How far apart AWS's listing and the truth may be (`epsilonSeconds`). */
export const EPSILON = 120;
/** Instants and Date headers are whole seconds. */
export const ROUNDING = 2;

/** What was told of one life, and hidden, in the snapshots of its endpoint, oldest first. */
export class Told {
  readonly life: Life;
  readonly tellings: readonly Telling[];
  readonly #hidden: readonly number[];

  constructor(life: Life, walks: readonly Walk[]) {
    this.life = life;
    const own = walks.filter(({ endpoint }) => endpoint === life.endpoint);
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
    const [first, newest, before] = [this.tellings[0], this.tellings.at(-1), this.tellings.at(-2)];
    if (!first || !newest) return this.#hidden.length > 0 ? 'hidden in every answer' : undefined;
    if (newest.isFalseEnd && second >= Math.min(newest.end ?? newest.at, newest.at) - ROUNDING) {
      return 'called terminated in the newest word';
    }
    if (this.isHiddenForAnHour && second > newest.at - ROUNDING) return 'hidden for an hour since its newest row';
    const hiddenBefore = this.#hidden.filter((at) => at < first.at).at(-1);
    if (this.life.start === 'never' && hiddenBefore !== undefined && second <= hiddenBefore + ROUNDING) {
      return 'hidden before its first row, which has no beginning';
    }
    return before === undefined && newest.isFalseEnd && second > newest.at - HOUR
      ? 'only ever called terminated'
      : undefined;
  }

  /** Since its newest row AWS has hidden it for so long that its absence says that it has ended. */
  get isHiddenForAnHour(): boolean {
    const since = this.#hidden.filter((at) => at > (this.tellings.at(-1)?.at ?? 0));
    const [first, last] = [since[0], since.at(-1)];
    return first !== undefined && last !== undefined && last - first >= HOUR;
  }

  /** The newest word says that it has ended, which is not true. */
  get isFalselyEnded(): boolean {
    return this.tellings.at(-1)?.isFalseEnd === true;
  }
}
