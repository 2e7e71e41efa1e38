import { fromConnectionItem, type Item } from '../../lambda/dynamodb/connection-item.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { isSeconds, type Unreadable } from '../../lambda/trail/judged.ts';
import type { Difference } from '../compare-item.ts';
import type { FaultKind, Findings } from '../findings.ts';
import { whenOf } from '../log/foreign-attributes.ts';
import { contradictionsTo, differencesBesideOrder, differencesFrom } from './compare-connection.ts';
import type { ConnectionCounts, ExpectedConnections } from './expected-connections.ts';
import { ConnectionExpiry } from './expected-connections.ts';
import type { Replayed } from './replay.ts';

/** Compares connections one by one with the endpoint's log. */
export class ConnectionCheck {
  /** The latest entry that changed a connection as the log says: the projection has come to it. */
  latestProven = -1;
  readonly #expected: ExpectedConnections;
  readonly #findings: Findings;
  readonly #counts: ConnectionCounts;
  readonly #expiry: ConnectionExpiry;

  constructor(expected: ExpectedConnections, findings: Findings, counts: ConnectionCounts) {
    this.#expected = expected;
    this.#findings = findings;
    this.#counts = counts;
    this.#expiry = new ConnectionExpiry(expected.manifests);
  }

  /** A connection that claims no entry beyond the replayed ones. */
  compare(id: string, item: Item, stored: Connection): void {
    const replayed = this.#expected.connections.get(id);
    if (replayed?.isWhole) {
      this.#counts.compared += 1;
      this.#compareStates(id, item, stored, replayed.states);
      return;
    }
    if (replayed) this.#comparePartly(id, item, stored, replayed);
    else this.#checkUnknown(id, item, stored, false);
  }

  /** One that claims to have changed after the last entry that was replayed. */
  compareLate(item: Item, newest: number): void {
    const stored = fromConnectionItem(item);
    const { connectionId: id, lastEntry } = stored;
    const replayed = this.#expected.connections.get(id);
    const last = replayed?.states.at(-1);
    if (lastEntry > newest) {
      this.#fault('connection-changed', id, 'lastEntry', `it says entry ${lastEntry}, which the log has not`);
      if (replayed?.isWhole && last) this.#differ(id, differencesBesideOrder(item, last));
      return;
    }
    if (!replayed) {
      this.#checkUnknown(id, item, stored, true);
      return;
    }
    this.#counts.partly += 1;
    this.#differ(id, contradictionsTo(item, stored, replayed, true));
  }

  /** One that the store does not have. */
  miss(id: string, { states, isSure }: Replayed): void {
    const [first] = states;
    const now = this.#expected.now();
    const isGone = (state: Connection) =>
      // If not all earlier rows were read, the entry that changed it last, and so its expiry, is unknown.
      isSure ? this.#expiry.mayBeGone(state, now) : this.#expiry.earliest(state) !== undefined;
    if (states.some(isGone)) this.#counts.expired += 1;
    else if (first && this.#isProjected(id, first)) {
      this.#fault('connection-removed', id, undefined, `it is not there; the log has it since ${first.firstSlot}`);
    }
  }

  /** One that cannot be read: if the log tells what it should be, every attribute that differs. */
  unreadable(id: string, item: Item, { message, member }: Unreadable): void {
    const { isWhole = false, states = [] } = this.#expected.connections.get(id) ?? {};
    const expected = states.find(({ lastEntry }) => lastEntry === item.lastEntry) ?? states.at(-1);
    const differences = isWhole && expected ? differencesFrom(item, expected) : [];
    this.#differ(id, differences);
    if (differences.length === 0) this.#fault('connection-changed', id, member, message.replace(/\.$/, ''));
  }

  /** Whether the store's connections have come to this state. */
  #isProjected(id: string, { lastEntry, end }: Connection): boolean {
    const { entry, partialAfter } = this.#expected.projected;
    if (lastEntry <= entry) return true;
    // Ends are inferred after all changes of the entry are projected.
    return lastEntry === entry + 1 && end?.kind !== 'inferred' && partialAfter !== undefined && id <= partialAfter;
  }

  #compareStates(id: string, item: Item, { lastEntry }: Connection, states: readonly Connection[]): void {
    const [first] = states;
    const oldest = states.findLast((state) => this.#isProjected(id, state)) ?? first;
    if (!oldest) return;
    const expected = states.find((state) => state.lastEntry === lastEntry) ?? oldest;
    const isEarlier = lastEntry < oldest.lastEntry;
    if (isEarlier && differencesBesideOrder(item, oldest).length > 0) {
      const words = `it is as it was after entry ${lastEntry}; entry ${oldest.lastEntry} changed it`;
      this.#fault('connection-rolled-back', id, 'lastEntry', words);
      return;
    }
    const differences = differencesFrom(item, isEarlier ? oldest : expected);
    this.#differ(id, differences);
    this.#checkExpiry(id, item, isEarlier ? oldest : expected);
    if (differences.length === 0) this.latestProven = Math.max(this.latestProven, lastEntry);
  }

  #comparePartly(id: string, item: Item, stored: Connection, replayed: Replayed): void {
    this.#counts.partly += 1;
    const [first] = replayed.states;
    const isBehind = first && stored.lastEntry < first.lastEntry && this.#isProjected(id, first);
    if (isBehind && replayed.isSure && replayed.states.length === 1 && !stored.contradictions) {
      const words = `it is as it was after entry ${stored.lastEntry}; entry ${first.lastEntry} changed it`;
      this.#fault('connection-rolled-back', id, 'lastEntry', words);
      return;
    }
    this.#differ(id, contradictionsTo(item, stored, replayed, false));
    this.#checkExpiry(id, item, stored);
  }

  /** If no snapshot has it, the snapshot that it claims as its first sight decides. */
  #checkUnknown(id: string, item: Item, stored: Connection, isLater: boolean): void {
    const { firstSlot } = stored;
    const { isWhole, manifests, readSlots, last } = this.#expected;
    const isLogs = manifests.values().some(({ slot }) => slot === firstSlot);
    const isAfter = isLater && firstSlot > (manifests.get(last)?.slot ?? '');
    if (readSlots.has(firstSlot) || (isWhole && !isLogs && !isAfter)) {
      this.#fault('connection-added', id, undefined, 'it is in no snapshot of the log');
      return;
    }
    this.#counts.partly += 1;
    this.#differ(id, contradictionsTo(item, stored, undefined, isLater));
  }

  /** A time to live that was brought forward makes DynamoDB remove what nobody removed. */
  #checkExpiry(id: string, { expiresAt }: Item, expected: Connection): void {
    if (expiresAt === undefined) return;
    const earliest = this.#expiry.earliest(expected);
    if (earliest !== undefined && isSeconds(expiresAt) && expiresAt >= earliest) return;
    const should = earliest === undefined ? 'should not be there' : 'is earlier than the retention';
    this.#fault('connection-changed', id, 'expiresAt', `it expires ${whenOf(expiresAt)}, which ${should}`);
  }

  #differ(id: string, differences: readonly Difference[]): void {
    for (const { field, words } of differences) this.#fault('connection-changed', id, field, words);
  }

  #fault(kind: FaultKind, connectionId: string, field: string | undefined, words: string): void {
    const { endpointId } = this.#expected;
    const message = `Connection ${connectionId}: ${words}.`;
    this.#findings.fault({ kind, place: 'store', endpointId, connectionId, field, message });
  }
}
