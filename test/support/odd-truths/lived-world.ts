import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { DynamoDbSnapshotLog } from '../../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { createQueryApp } from '../../../lambda/query/app.ts';
import { rebuild } from '../../../lambda/recorder/rebuild.ts';
import { type RecorderPorts, record } from '../../../lambda/recorder/recorder.ts';
import { accusations } from '../tampering/tampered-nothing.ts';
import type { Attempted } from './judged-gaps.ts';
import { ROUNDING } from './lies.ts';
import { TellingAws } from './telling-aws.ts';
import { ALPHA, BETA, type Walk, type World } from './truth.ts';
import { WorldClock } from './world-clock.ts';
import { type AnswerEc2, memoryTrail, type WorldTrail } from './world-trail.ts';

/** What is found to be wrong: by which rule, and what. */
export interface Fault {
  readonly rule: string;
  readonly text: string;
}

/** A slot further ahead of AWS's time than this may be refused. */
const AHEAD_SECONDS = 300;

/** A world that is being recorded. */
export class LivedWorld {
  readonly world: World;
  readonly clock = new WorldClock();
  readonly trail: WorldTrail;
  /** The walks whose snapshots are in the trail, oldest first. */
  readonly walks: Walk[] = [];
  readonly attempted: Attempted[] = [];
  readonly #app: ReturnType<typeof createQueryApp>;
  readonly #log: DynamoDbSnapshotLog;
  #aws: TellingAws | undefined;
  #newestSlot = 0;

  /** @param start where it is recorded; by default in memory */
  constructor(world: World, start: (answer: AnswerEc2) => WorldTrail = memoryTrail) {
    this.world = world;
    this.trail = start((asked) => {
      if (!this.#aws) throw new Error('AWS is asked outside of a recording');
      return this.#aws.answer(asked);
    });
    const { documents, options } = this.trail;
    this.#log = new DynamoDbSnapshotLog(documents, options.SNAPSHOTS_TABLE);
    this.#app = createQueryApp({
      documents,
      settings: { ...options, ACCESSES_TABLE: `${options.CONNECTIONS_TABLE}-Accesses` },
      // It asks where it records.
      now: this.clock.machineNow,
      onError: (error) => {
        throw error;
      },
    });
  }

  /** Asks the API. */
  async ask<T>(question: string): Promise<T> {
    const caller = { principal: 'analyst', requestId: String(this.#requests++) };
    const response = await this.#app.fetch(new Request(`http://trail${question}`), { caller });
    const body = (await response.json()) as T;
    if (response.status !== 200) throw new Error(`${question}: ${JSON.stringify(body)}`);
    return body;
  }
  #requests = 0;

  /** Lets an attempt happen. Returns what must not be: a recording that was refused, or held up, although AWS had answered. */
  async live(number: number): Promise<Fault[]> {
    const attempt = this.world.attempts[number];
    if (!attempt) throw new RangeError(`no attempt ${number}`);
    this.clock.pass(attempt.after);
    this.attempted.push({ second: this.clock.seconds, aws: attempt.aws });
    if (attempt.machine?.when === 'before') this.clock.setMachine(attempt.machine.ahead);
    this.#aws = new TellingAws(this.world, number, this.clock);
    const slot = new Date(this.clock.machineNow().getTime() + attempt.slotAhead * 1000);
    const before = await this.#entries();
    const problems: string[] = [];
    const ports = { ...this.trail.ports, now: this.clock.machineNow, elapsed: this.clock.elapsed } as RecorderPorts;
    const summary = await record(ports, this.trail.options, slot, {
      onError: (endpointId, failure) => problems.push(`${endpointId}: ${failure.reason}: ${failure.message}`),
    }).catch((error: unknown) => {
      if (error instanceof RangeError) return undefined;
      throw error;
    });
    const after = await this.#entries();
    for (const endpoint of [ALPHA, BETA]) {
      const walk = this.#aws.walks.get(endpoint);
      if ((after.get(endpoint) ?? -1) > (before.get(endpoint) ?? -1) && walk) this.walks.push(walk);
    }
    const isExpected = attempt.aws === 'answers' && this.#isToBeRecorded(slot, attempt.dateOff);
    if (!isExpected || attempt.slotAhead > 0) return [];
    const found = summary?.endpoints.filter(({ outcome }) => outcome !== 'committed').map((one) => JSON.stringify(one));
    const bad = summary ? [...(found ?? []), ...problems] : ['the slot was refused'];
    return bad.map((text) => ({ rule: 'nothing holds up a recording', text: `attempt ${number}: ${text}` }));
  }

  /** Whether the slot must be recorded: it is not far ahead of what AWS says is the time, nor before one that was recorded. */
  #isToBeRecorded(slot: Date, dateOff: number): boolean {
    const ahead = (slot.getTime() - this.clock.now().getTime()) / 1000 - Math.min(0, dateOff);
    const isAfterAll = slot.getTime() / 1000 >= this.#newestSlot + 1;
    if (ahead <= AHEAD_SECONDS) this.#newestSlot = Math.max(this.#newestSlot, Math.floor(slot.getTime() / 1000));
    return ahead <= AHEAD_SECONDS - ROUNDING && isAfterAll;
  }

  async #entries(): Promise<Map<string, number>> {
    const entries = await this.#log.readEndpoints();
    return new Map(entries.map(({ endpointId, head }) => [endpointId, head?.entry ?? -1]));
  }

  /** What the trail itself must be at rest: as `rebuild` makes it from the log, and without fault. */
  async judgeTrail(): Promise<Fault[]> {
    const { documents, archive, options } = this.trail;
    const { SNAPSHOTS_TABLE: snapshotsTable, CONNECTIONS_TABLE } = options;
    const connectionsTable = `${CONNECTIONS_TABLE}-again`;
    await rebuild({ documents, now: this.clock.machineNow }, { snapshotsTable, connectionsTable });
    const again = await this.#scan(connectionsTable);
    const stored = await this.#scan(CONNECTIONS_TABLE);
    const differing = [...new Set([...again.keys(), ...stored.keys()])].filter(
      (id) => textOf(again.get(id)) !== textOf(stored.get(id)),
    );
    const found = await accusations({ options, tables: { documents }, archive, now: this.clock.machineNow() });
    return [
      ...differing.map((id) => ({
        rule: 'rebuilding makes the same',
        text: `${id}: rebuilt ${textOf(again.get(id))}, stored ${textOf(stored.get(id))}`,
      })),
      ...found.map((fault) => ({ rule: 'an untouched trail has no fault', text: JSON.stringify(fault) })),
    ];
  }

  async #scan(TableName: string): Promise<Map<string, object>> {
    const pages = await Array.fromAsync(paginateScan({ client: this.trail.documents }, { TableName }));
    const items = pages.flatMap(({ Items }) => Items ?? []);
    return new Map(items.map((item) => [String(item.connectionId), item]));
  }
}

/** With members in one order: a map has none. */
function textOf(item: object | undefined): string {
  return JSON.stringify(item, (_, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}
