import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import type { Archive } from '../../lambda/trail/archive.ts';
import { collectFindings } from '../../verification/findings.ts';
import { verifyTrail } from '../../verification/verify-trail.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { interrupt } from '../support/servers/interrupted-clients.ts';
import { GAMMA } from '../support/tampering/tampered-names.ts';
import { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const anna = activeRow('cvpn-connection-0a', '2026-11-20 07:50:00', { commonName: 'anna' });
const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:51:00', { commonName: 'bob' });
const dora = activeRow('cvpn-connection-0d', '2026-11-20 09:30:00', { clientVpnEndpointId: GAMMA, commonName: 'dora' });
const carl = activeRow('cvpn-connection-0c', '2026-11-20 08:12:00', { commonName: 'carl' });

let trail: RecordedTrail;
/** The trail after each thing that the recorder did, in order. */
const states: TamperedTrail[] = [];

beforeAll(async () => {
  trail = await RecordedTrail.start();
  trail.rows = { [ALPHA]: [anna, bob], [BETA]: [] };
  await trail.recordTimes(2);
  states.push(await TamperedTrail.of(trail));
  trail.rows = { [ALPHA]: [anna, endedRow(bob, '2026-11-20 08:12:00'), carl], [BETA]: [] };
  await recordWatched(5);
  trail.rows = { [ALPHA]: [carl], [BETA]: [], [GAMMA]: [dora] };
  await recordWatched(95);
});
afterAll(() => trail.close());

/** Records, and keeps what the trail was after each call of the recorder's. */
async function recordWatched(minutes: number): Promise<void> {
  trail.now = new Date(trail.now.getTime() + minutes * 60_000);
  const ports = trail.ports();
  let queue = Promise.resolve();
  interrupt(ports, (_, proceed) => {
    // One call at a time, so that each state is one that was.
    const done = queue.then(proceed);
    queue = keepAfter(done);
    return done;
  });
  const { failures } = await trail.record({}, ports);
  expect(failures).toEqual([]);
  await queue;
}

async function keepAfter(done: Promise<unknown>): Promise<void> {
  await done.catch(() => undefined);
  states.push(await TamperedTrail.of(trail));
}

/** Verifies a trail that is another one before each read, and says how many there were. */
async function verifyMoving(stateBefore: (read: number) => number) {
  let reads = 0;
  const current = () => states[Math.min(stateBefore(++reads), states.length - 1)] as TamperedTrail;
  const moving = <T extends object>(of: (state: TamperedTrail) => T): T =>
    new Proxy({} as T, {
      get:
        (_, name) =>
        (...input: unknown[]) => {
          const now = of(current());
          return (Reflect.get(now, name) as (...all: unknown[]) => unknown).apply(now, input);
        },
    });
  const store = moving<StoredEvidence>((state) => state.evidence);
  const archive = moving<Archive>((state) => state.archive);
  const findings = collectFindings(() => undefined);
  await verifyTrail({ store, archive, now: () => trail.now, findings }, { keys: [] });
  return { faults: [...findings.faults], reads };
}

describe('a trail that grows while it is verified', () => {
  it('is not accused in any of its states', async () => {
    expect(states.length).toBeGreaterThan(50);
    for (const [index, state] of states.entries()) {
      expect((await state.faults()).faults, `after call ${index}`).toEqual([]);
    }
  });

  it('is not accused where much is recorded before any one read', async () => {
    const { reads } = await verifyMoving(() => 0);
    expect(reads).toBeGreaterThan(40);
    for (let read = 1; read <= reads; read++) {
      const { faults } = await verifyMoving((number) => (number < read ? 0 : states.length));
      expect(faults, `recorded before read ${read} of ${reads}`).toEqual([]);
    }
  });

  it('is not accused where the recorder does one thing after the other beside it', async () => {
    for (let begin = 0; begin < states.length; begin += 2) {
      for (const pace of [1, 0.3]) {
        const { faults } = await verifyMoving((read) => begin + Math.floor(read * pace));
        expect(faults, `from call ${begin} on, ${pace} calls a read`).toEqual([]);
      }
    }
  });
});
