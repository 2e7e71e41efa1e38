import { accusationsOfExports } from './exported-world.ts';
import { gapFaults } from './judged-gaps.ts';
import { EPSILON, ROUNDING } from './lies.ts';
import { type Fault, LivedWorld } from './lived-world.ts';
import { type JudgedAnswer, Oracle } from './oracle.ts';
import { ALPHA, BETA, HOUR, instantAt, type Life, type World } from './truth.ts';
import { parametersOf, questionsOf } from './world-questions.ts';

/** What a judged world came to. */
export interface Judged {
  readonly faults: readonly Fault[];
  readonly checks: number;
}

/** Lives a world, asks as it goes, and judges every answer. */
export class JudgedWorld {
  readonly lived: LivedWorld;
  readonly faults: Fault[] = [];
  checks = 0;
  readonly #brackets = new Map<string, readonly [string, string]>();

  constructor(lived: LivedWorld) {
    this.lived = lived;
  }

  async run(): Promise<Judged> {
    const { attempts } = this.lived.world;
    for (const [number, { asks }] of attempts.entries()) {
      this.faults.push(...(await this.lived.live(number)));
      this.checks++;
      if (asks || number === attempts.length - 1) await this.#ask(number);
    }
    this.faults.push(...(await this.lived.judgeTrail()));
    this.checks += 2;
    return this;
  }

  async #ask(number: number): Promise<void> {
    const { world, walks, clock } = this.lived;
    const oracle = new Oracle(world, walks);
    const note = (rule: string, question: string, wrong: readonly string[]) => {
      this.checks++;
      const from = `after attempt ${number} (${instantAt(clock.seconds)}), ${question}`;
      this.faults.push(...wrong.map((text) => ({ rule, text: `${from}: ${text}` })));
    };
    const steady = this.#steady();
    const newest = [ALPHA, BETA].flatMap((id) => walks.findLast(({ endpoint }) => endpoint === id) ?? []);
    // Nothing is recorded of one of them yet: then the API does not know it.
    if (newest.length < 2) return;
    const [since, until] = [
      Math.min(...newest.map(({ sent }) => sent)),
      Math.max(...newest.map((walk) => walk.answered)),
    ];
    note('at=now', 'at=now', oracle.judgeNow(since, until, await this.#answer('at=now')));
    for (const question of questionsOf(world, clock.seconds)) {
      const answer = await this.#answer(parametersOf(question));
      note('complete and certain', parametersOf(question), oracle.judge(question, answer));
      const { since: second, until, name, ip } = question;
      if (second !== until || name !== undefined || ip !== undefined || question.endpoint || !steady) continue;
      if (second < steady.from || second > steady.to) continue;
      note(
        'nothing is doubted for other rows',
        parametersOf(question),
        oracle.judgeSteady(second, answer, steady.touched),
      );
    }
    const ever = { since: -2 * HOUR, until: Math.ceil(clock.seconds) + 4 * 24 * HOUR };
    const all = await this.#answer(parametersOf(ever));
    note('ends and beginnings', 'everything', [...oracle.judgeStored(all.connections), ...this.#worse(all, oracle)]);
    const report = await this.lived.ask<{ endpoints: { gaps: [] }[] }>(
      `/coverage?${parametersOf({ ...ever, until: clock.seconds })}`,
    );
    note(
      'reasons of gaps',
      'coverage',
      report.endpoints.flatMap(({ gaps }) => gapFaults(gaps, this.lived.attempted, clock.seconds)),
    );
  }

  /** Where only rows are odd: between which seconds all is surely known, and of whom something odd was told. */
  #steady(): { from: number; to: number; touched: Set<Life> } | undefined {
    const { world, walks } = this.lived;
    const { attempts, lives } = world;
    const isSteady = attempts.every(
      (one) =>
        one.aws === 'answers' &&
        !one.dateOff &&
        !one.machine &&
        !one.slotAhead &&
        !one.empty &&
        one.after <= 45 * 60 &&
        one.odd.every(({ kind }) => kind !== 'long-id'),
    );
    const ofNewest = [ALPHA, BETA].map((id) => walks.findLast(({ endpoint }) => endpoint === id));
    // A recorder that waits for two endpoints at once may take a request for as much earlier as it waited.
    const newest = Math.min(...ofNewest.map((walk) => (walk ? 2 * walk.sent - walk.answered : 0)));
    if (!isSteady) return undefined;
    const touched = attempts.flatMap(({ hides, ends, doubles, odd }) => [
      ...hides,
      ...[...ends, ...doubles, ...odd].map(({ life }) => life),
    ]);
    const named = new Set(touched.flatMap((index) => lives[index] ?? []));
    return { from: walks[0]?.answered ?? 0, to: newest - EPSILON - ROUNDING, touched: named };
  }

  /** What was known of an end that AWS reported does not become less. */
  #worse({ connections }: JudgedAnswer, oracle: Oracle): string[] {
    return connections.flatMap(({ connectionId, end, endedAt }) => {
      const between = end && (end.between ?? ([endedAt ?? '', endedAt ?? ''] as const));
      const known = this.#brackets.get(connectionId);
      if (!between || !oracle.isReportedEnd(connectionId)) return [];
      this.#brackets.set(connectionId, between);
      if (!known || (between[0] >= known[0] && between[1] <= known[1])) return [];
      return [`${connectionId}: its end was known to be in ${known.join('/')}, and now in ${between.join('/')}`];
    });
  }

  #answer(parameters: string): Promise<JudgedAnswer> {
    return this.lived.ask<JudgedAnswer>(`/connections?${parameters}&limit=1000`);
  }
}

/** Lives and judges a world in memory, and exports of it. */
export async function judgeWorld(world: World): Promise<Judged> {
  const judged = new JudgedWorld(new LivedWorld(world));
  const { faults, checks } = await judged.run();
  const accused = (await accusationsOfExports(judged.lived)).map((text) => ({ rule: 'exports are not accused', text }));
  return { faults: [...faults, ...accused], checks: checks + 1 };
}
