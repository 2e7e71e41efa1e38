import { ROUNDING, Told } from './lies.ts';
import { type Identity, instantAt, type Life, secondAt, type Walk, type World } from './truth.ts';

/** A row of an answer, as far as it is judged. */
export interface AnsweredRow {
  readonly connectionId: string;
  readonly possible?: boolean | undefined;
  readonly endedAt?: string | undefined;
  readonly end?: { readonly kind: string; readonly between?: readonly [string, string] | undefined } | undefined;
  readonly establishedAt: string;
  readonly establishedAtIsFirstSight?: boolean | undefined;
  readonly establishedAfter?: string | undefined;
}

/** An answer about connections. */
export interface JudgedAnswer {
  readonly connections: readonly AnsweredRow[];
  readonly coverage: { readonly complete: boolean; readonly gaps: readonly { readonly reasons: readonly string[] }[] };
}

/** A question: the window in true seconds, and what it asks for. */
export interface JudgedQuestion {
  readonly since: number;
  readonly until: number;
  readonly endpoint?: string;
  readonly name?: string;
  readonly ip?: string;
}

/** Judges answers by the truth alone. */
export class Oracle {
  readonly #told: readonly Told[];

  /** @param walks those whose snapshots the answers rest on */
  constructor({ lives }: World, walks: readonly Walk[]) {
    this.#told = lives.map((life) => new Told(life, walks));
  }

  /** What is wrong with an answer about an instant or a window. */
  judge(question: JudgedQuestion, { connections, coverage }: JudgedAnswer): string[] {
    const rows = new Map(connections.map((row) => [row.connectionId, row]));
    const wrong = this.#told.flatMap((told) => {
      const row = rows.get(told.life.id);
      if (row && !row.possible) return this.#certainly(told, question, row);
      return row || !coverage.complete ? [] : this.#missing(told, question);
    });
    const ids = new Set(this.#told.map(({ life }) => life.id));
    const strangers = [...rows.keys()].filter((id) => !ids.has(id));
    return [
      ...wrong,
      ...strangers.map((id) => `${id} is in the answer, and there was no such connection`),
      ...(coverage.gaps.some(({ reasons }) => reasons.length === 0) ? ['a gap without a reason'] : []),
    ];
  }

  /** The row is certain: then it was connected then, and was called so. */
  #certainly(told: Told, question: JudgedQuestion, row: AnsweredRow): string[] {
    const { life } = told;
    const { since, until } = question;
    if (life.from > until + ROUNDING && told.isEndedBeforeItBegan) return [];
    if (life.from > until + ROUNDING || life.to < since - ROUNDING) {
      return [`${life.id} is certain, and was connected from ${instantAt(life.from)} to ${at(life.to)}: ${say(row)}`];
    }
    const stretches = stretchesOf(life).filter(({ from, to }) => from <= until + ROUNDING && to >= since - ROUNDING);
    if (
      stretches.some(
        ({ identity }) => isAsked(identity, question) || !told.tells(identity) || isSaidLater(life, identity, question),
      )
    )
      return [];
    return [
      `${life.id} is certain, and was then called ${stretches.map(({ identity }) => nameOf(identity)).join(', ')}`,
    ];
  }

  /** It is not in a complete answer: then it was not connected, or AWS lied. */
  #missing(told: Told, question: JudgedQuestion): string[] {
    const { life } = told;
    if (question.endpoint !== undefined && question.endpoint !== life.endpoint) return [];
    const stretches = stretchesOf(life).flatMap(({ from, to, identity }) => {
      const [begin, end] = [Math.max(from + ROUNDING, question.since), Math.min(to - ROUNDING, question.until)];
      return begin <= end && isAsked(identity, question) ? [{ begin, end, identity }] : [];
    });
    const isKnown = ({ begin, end, identity }: (typeof stretches)[number]) =>
      (told.tellings.length === 0 || told.tells(identity)) &&
      [begin, end].some((second) => told.excuses(second) === undefined);
    const known = stretches.find(isKnown);
    if (!known) return [];
    const { begin, end, identity } = known;
    return [
      `${life.id} (${nameOf(identity)}) is missing from a complete answer; it was connected from ${instantAt(begin)} to ${instantAt(end)}, and listed ${told.tellings.length} times`,
    ];
  }

  /**
   * What an answer about an instant says less than it must, where only rows are odd: it is complete, and whom no fault has touched
   * is certain.
   *
   * @param touched lives that a fault was about
   */
  judgeSteady(second: number, { connections, coverage }: JudgedAnswer, touched: ReadonlySet<Life>): string[] {
    if (!coverage.complete) return [`it is not complete: ${say(coverage)}`];
    return this.#told.flatMap(({ life, tellings }) => {
      const isPlain =
        life.start === 'told' && life.end === 'told' && life.identities.length === 1 && !touched.has(life);
      const isThere = life.from + ROUNDING < second && second < life.to - ROUNDING && tellings.length > 0;
      if (!isPlain || !isThere) return [];
      const row = connections.find(({ connectionId }) => connectionId === life.id);
      if (row && !row.possible) return [];
      return [`${life.id}, of which AWS told all, is ${row ? `only possible: ${say(row)}` : 'missing'}`];
    });
  }

  /** What is wrong with an answer about now, which rests on the newest snapshots, taken between these seconds. */
  judgeNow(since: number, until: number, { connections, coverage }: JudgedAnswer): string[] {
    const rows = new Map(connections.map((row) => [row.connectionId, row]));
    return this.#told.flatMap((told) => {
      const { life } = told;
      const row = rows.get(life.id);
      const isOut = life.from > until + ROUNDING || life.to < since - life.lag - ROUNDING;
      if (row && !row.possible && isOut) return [`${life.id} is certain, and ended at ${at(life.to)}: ${say(row)}`];
      const isIn = life.from + life.lag <= since - ROUNDING && life.to >= until + ROUNDING;
      if (row || !coverage.complete || !isIn || told.excuses(until) !== undefined) return [];
      return [`${life.id} is missing, and is connected from ${instantAt(life.from)} to ${at(life.to)}`];
    });
  }

  /** Whether AWS's newest word of it is its true end. */
  isReportedEnd(id: string): boolean {
    const newest = this.#told.find(({ life }) => life.id === id)?.tellings.at(-1);
    return newest?.ended === true && !newest.isFalseEnd;
  }

  /** What is wrong with what is known of connections, whatever was asked. */
  judgeStored(rows: readonly AnsweredRow[]): string[] {
    return rows.flatMap((row) => {
      const told = this.#told.find(({ life }) => life.id === row.connectionId);
      if (!told) return [];
      return [...this.#wrongEnd(told, row), ...wrongStart(told, row)];
    });
  }

  #wrongEnd(told: Told, row: AnsweredRow): string[] {
    const { life } = told;
    if (!row.end || told.isFalselyEnded || told.isHiddenAgain || told.isOverBeforeItsFirstRow) return [];
    const between = row.end.between ?? [row.endedAt ?? '', row.endedAt ?? ''];
    const [earliest, latest] = [secondAt(between[0]), secondAt(between[1])];
    const said = told.tellings.findLast(({ end, isFalseEnd }) => end !== undefined && !isFalseEnd)?.end;
    const isDropped = said !== undefined && row.end.kind !== 'reported';
    if (isDropped) return [`${life.id}: AWS said its end, ${instantAt(said)}, which is not told: ${say(row)}`];
    if (life.to >= earliest - ROUNDING && life.to <= latest + ROUNDING) return [];
    return [`${life.id} ended at ${at(life.to)}: ${say(row)}`];
  }
}

function wrongStart(told: Told, row: AnsweredRow): string[] {
  const { life, tellings } = told;
  const newest = tellings.findLast(({ start }) => start !== undefined)?.start;
  const latest = secondAt(row.establishedAt);
  const earliest = row.establishedAfter === undefined ? undefined : secondAt(row.establishedAfter);
  if (earliest !== undefined && earliest > latest) return [`${life.id} began after its latest beginning: ${say(row)}`];
  // What AWS said last is what is known.
  if (newest !== undefined)
    return Math.abs(newest - latest) <= ROUNDING ? [] : [`${life.id}, told as ${at(newest)}: ${say(row)}`];
  const isEarlier = earliest === undefined || life.from < earliest - ROUNDING;
  const isGuess =
    told.isThereFromTheFirst || told.isWhereClaimsBegin(earliest) || life.from <= told.hiddenBefore + ROUNDING;
  if ((life.from <= latest + ROUNDING || told.isEndedBeforeItBegan) && (isGuess || !isEarlier)) return [];
  return [`${life.id} began at ${instantAt(life.from)}: ${say(row)}`];
}

/** The stretches of a life in which it was called the same. */
function stretchesOf({ identities, from, to }: Life) {
  return identities.map((identity, index) => ({
    identity,
    from: index === 0 ? from : identity.from,
    to: identities[index + 1]?.from ?? to,
  }));
}

function isAsked({ commonName, username, ip }: Identity, { name, ip: asked }: JudgedQuestion): boolean {
  return (name === undefined || name === commonName || name === username) && (asked === undefined || asked === ip);
}

/** A username that AWS did not tell with an identity, but later: it may have had it all the time. */
function isSaidLater({ identities }: Life, { from, username }: Identity, { name }: JudgedQuestion): boolean {
  return username === undefined && identities.some((later) => later.from > from && later.username === name);
}

const nameOf = ({ commonName, username, ip }: Identity): string => `${username ?? commonName} at ${ip}`;
const at = (second: number): string => (Number.isFinite(second) ? instantAt(second) : 'no time yet');
const say = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
