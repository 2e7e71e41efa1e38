import {
  backwardLogs,
  changedLogs,
  type LogState,
  nameOfOrigin,
  readTrailEntry,
} from '../../lambda/trail/trail-log.ts';
import type { Findings } from '../findings.ts';

/** What the entries of a trail's log say of the logs, in order. */
export class TrailClaims {
  /** The states of each log under a checkpoint, by the endpoint's id, each once, oldest first. */
  readonly states = new Map<string, LogState[]>();
  readonly #name: string;
  readonly #findings: Findings;
  #before: readonly LogState[] = [];
  #unsettled: LogState[] = [];

  constructor(name: string, findings: Findings) {
    this.#name = name;
    this.#findings = findings;
  }

  take(number: number, text: string): void {
    const entry = readTrailEntry(text);
    if (!entry || entry.entry !== number || nameOfOrigin(entry.origin) !== this.#name) {
      this.#wrong(number, 'it is no entry of this log');
      return;
    }
    for (const { before, now } of backwardLogs(this.#before, entry.logs)) {
      const log = nameOfOrigin(before.origin);
      const words = now ? `has ${now.size} entries` : 'is left out';
      this.#wrong(number, `${log} ${words}, after an entry that named ${before.size}`, log);
    }
    this.#unsettled.push(...changedLogs(this.#before, entry.logs));
    this.#before = entry.logs;
  }

  /** What was said so far is under a checkpoint. */
  settle(): void {
    for (const state of this.#unsettled) {
      const name = nameOfOrigin(state.origin);
      const states = this.states.get(name) ?? [];
      states.push(state);
      this.states.set(name, states);
    }
    this.#unsettled = [];
  }

  #wrong(entry: number, words: string, field?: string): void {
    const message = `Entry ${entry} was signed, but cannot be right: ${words}.`;
    this.#findings.fault({
      kind: 'manifest-contradicted',
      place: 'archive',
      endpointId: this.#name,
      entry,
      field,
      message,
    });
  }
}
