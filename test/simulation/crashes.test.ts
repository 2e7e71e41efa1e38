import { generateKeyPairSync } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watermarkId } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { record } from '../../lambda/recorder/recorder.ts';
import { readTrailEntry, sortedStates, stateOf } from '../../lambda/trail/trail-log.ts';
import { signerOf } from '../../local/signing-key.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { expectSoundArchive } from '../support/recording/sound-archive.ts';
import { countCalls, crashAtEffect, interrupt } from '../support/servers/interrupted-clients.ts';

const anna = activeRow('cvpn-connection-0a', '2026-11-20 07:50:00');
const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:51:00', { commonName: 'bob', clientIp: '172.31.0.2' });
const carl = activeRow('cvpn-connection-0c', '2026-11-20 07:52:00', { commonName: 'carl', clientIp: '172.31.0.3' });
const dora = activeRow('cvpn-connection-0d', '2026-11-20 08:01:00', { commonName: 'dora', clientIp: '172.31.0.4' });
const emil = activeRow('cvpn-connection-0e', '2026-11-20 07:00:00', { clientVpnEndpointId: BETA, commonName: 'emil' });

/** One for all trails, so that what they sign is the same. */
const signer = signerOf(generateKeyPairSync('ed25519').privateKey);

/** A recording with everything a recording can do: open, end, miss, after a gap or not; and an endpoint that goes away. */
interface Scenario {
  readonly name: string;
  /** Minutes from the recording before. */
  readonly minutes: number;
  readonly change: (trail: RecordedTrail) => void;
}

/** Two recorders meet at each of its calls too: the calls of one endpoint are enough of them. */
const ONE_ENDPOINT: Scenario = {
  name: 'a recording with the first end before its start',
  minutes: 5,
  change: (trail) => {
    trail.rows = { [ALPHA]: [anna, endedRow(bob, '2026-11-20 07:03:00'), dora] };
  },
};

const SCENARIOS: readonly Scenario[] = [
  ONE_ENDPOINT,
  {
    name: 'the recording after a gap in which an endpoint was deleted',
    minutes: 95,
    change: (trail) => {
      trail.rows = { [ALPHA]: [anna, endedRow(bob, '2026-11-20 09:03:00'), dora] };
    },
  },
];

/** What the scenarios go on from. */
let recorded: RecordedTrail;
let recordedAlpha: RecordedTrail;
beforeAll(async () => {
  recorded = await startWith({ [ALPHA]: [anna, bob, carl], [BETA]: [emil] });
  recordedAlpha = await startWith({ [ALPHA]: [anna, bob, carl] });
});
afterAll(() => Promise.all([recorded.close(), recordedAlpha.close()]));

async function startWith(rows: RecordedTrail['rows']): Promise<RecordedTrail> {
  const trail = Object.assign(await RecordedTrail.start(), { signer, rows });
  await trail.record();
  return trail;
}

async function recordedOnce(scenario: Scenario): Promise<RecordedTrail> {
  const trail = await (scenario === ONE_ENDPOINT ? recordedAlpha : recorded).copy();
  scenario.change(trail);
  trail.now = new Date(trail.now.getTime() + scenario.minutes * 60_000);
  return trail;
}

/** What both tables hold, and the archive, without chunks that no manifest names: a crash may leave those there too. */
async function contentsOf(trail: RecordedTrail) {
  const contents = await trail.contents();
  const named = new Set(
    [...contents.snapshots.values()]
      .filter(({ slot }) => slot === 'chunk')
      .map(({ endpointId }) => endpointId.split('#')[1]),
  );
  const isKept = (key: string) => !key.startsWith('chunks/') || named.has(key.split(/[/.]/).at(-3) ?? '');
  const archived = [...trail.archive.objects].filter(([key]) => isKept(key));
  return {
    ...contents,
    archived: new Map(archived.map(([key, bytes]) => [key, Buffer.from(bytes).toString('latin1')])),
  };
}

/** The trail's log has an entry for each recording that came to its end. */
function withoutTrail({ snapshots, archived, ...contents }: Awaited<ReturnType<typeof contentsOf>>) {
  const isOther = ([key]: [string, unknown]) => !/^#trail |\/trail-/.test(key);
  return {
    ...contents,
    snapshots: new Map([...snapshots].filter(isOther)),
    archived: new Map([...archived].filter(isOther)),
  };
}

/** The newest entry of the trail's log is under its checkpoint, and names the logs as they are. */
async function expectNamedLast(trail: RecordedTrail): Promise<void> {
  const { checkpoint, newest } = await trail.log.readTrailEnd();
  const entry = readTrailEntry(newest ?? '');
  expect(checkpoint?.size).toBe((entry?.entry ?? -1) + 1);
  expect(entry?.logs).toEqual(sortedStates((await trail.log.readCheckpoints()).map(stateOf)));
}

/** No watermark keeps questions from an odd connection. */
async function expectOddToBeFound(trail: RecordedTrail): Promise<void> {
  const items = await trail.scan(trail.options.CONNECTIONS_TABLE);
  const plain = items.filter(({ noneOdd }) => noneOdd).map(({ connectionId }) => connectionId);
  const odd = items.filter(({ spanKey }) => spanKey === '#odd').map(({ endpointId }) => watermarkId(endpointId));
  expect(plain.filter((watermark) => odd.includes(watermark))).toEqual([]);
}

/** Contents that were found sound: the same ones need no second look. */
const found: unknown[] = [];

async function expectSoundContents(trail: RecordedTrail) {
  const contents = await contentsOf(trail);
  if (found.some((sound) => isDeepStrictEqual(sound, contents))) return contents;
  await expectSound(trail);
  await expectSoundArchive(trail.log, trail.archive);
  found.push(contents);
  return contents;
}

/** What is held after the slots were recorded without any disturbance: the scenario's, and one more. */
async function undisturbed(scenario: Scenario, slots: { next: boolean }) {
  const trail = await recordedOnce(scenario);
  await trail.record();
  if (slots.next) await trail.recordAfter(5);
  const contents = await contentsOf(trail);
  await trail.close();
  return contents;
}

/** The calls of the scenario's recording, and those among them that leave something behind. */
async function countedCalls(scenario: Scenario): Promise<{ calls: number; effects: number }> {
  const trail = await recordedOnce(scenario);
  const ports = trail.ports();
  const counter = countCalls(ports);
  await trail.record({}, ports);
  await trail.close();
  return counter;
}

describe.each(SCENARIOS)('a crash at any call of $name that leaves something behind', (scenario) => {
  // What a crash before an effect leaves is what one after the effect before it leaves: each state is tried once.
  it('leaves nothing that the same slot’s retry does not mend', async () => {
    const expected = await undisturbed(scenario, { next: false });
    const { effects } = await countedCalls(scenario);
    expect(effects).toBeGreaterThan(8);
    for (let effect = 0; effect <= effects; effect++) {
      const trail = await recordedOnce(scenario);
      const ports = trail.ports();
      if (effect === 0) crashAtEffect(ports, 1, 'before');
      else crashAtEffect(ports, effect, 'after');
      await trail.record({}, ports).catch(() => undefined);
      await expectOddToBeFound(trail);
      await trail.record();
      expect(await contentsOf(trail), `crashed after effect ${effect}`).toEqual(expected);
      await trail.close();
    }
  });

  it('leaves nothing that the next slot’s run does not mend', async () => {
    const withSlot = await undisturbed(scenario, { next: true });
    const { effects } = await countedCalls(scenario);
    for (let effect = 1; effect <= effects; effect++) {
      const trail = await recordedOnce(scenario);
      const ports = trail.ports();
      crashAtEffect(ports, effect, 'after');
      await trail.record({}, ports).catch(() => undefined);
      const committed = [(await trail.manifests(ALPHA)).length, (await trail.manifests(BETA)).length];
      await trail.recordAfter(5);
      const contents = await expectSoundContents(trail);
      // Where all had got as far as their commit, nothing at all is different, but for what the next run noted at once in
      // the trail's log.
      if (committed.every((entries) => entries !== 1)) {
        expect(withoutTrail(contents), `crashed after effect ${effect}`).toEqual(withoutTrail(withSlot));
      }
      await expectNamedLast(trail);
      await trail.close();
    }
  });
});

describe('two recorders at once', () => {
  it('at the same slot leave what one alone leaves, wherever one overtakes the other', async () => {
    const expected = await undisturbed(ONE_ENDPOINT, { next: false });
    const { calls } = await countedCalls(ONE_ENDPOINT);
    for (let call = 1; call <= calls; call++) {
      const trail = await recordedOnce(ONE_ENDPOINT);
      const slow = trail.ports();
      interrupt(slow, async (number, proceed) => {
        if (number === call) await trail.record();
        return proceed();
      });
      const { failures } = await trail.record({}, slow);
      expect(failures).toEqual([]);
      expect(await contentsOf(trail), `overtaken at call ${call}`).toEqual(expected);
      await trail.close();
    }
  });

  it('at different slots keep the log in the order of its captures, wherever the later overtakes the earlier', async () => {
    const { calls } = await countedCalls(ONE_ENDPOINT);
    for (let call = 1; call <= calls; call++) {
      const trail = await recordedOnce(ONE_ENDPOINT);
      const slow = trail.ports();
      const early = trail.now;
      interrupt(slow, async (number, proceed) => {
        if (number === call) await trail.recordAfter(5);
        return proceed();
      });
      const { failures } = await record(slow, trail.options, early);
      expect(failures).toEqual([]);
      await expectSoundContents(trail);
      const manifests = await trail.manifests();
      expect(manifests.map(({ s }) => s)).toEqual(manifests.map(({ s }) => s).sort());
      expect(manifests.at(-1)?.slot).toBe('2026-11-20T08:10:00Z');
      const notes = [...(await trail.items(`${ALPHA}#failures`)), ...(await trail.items(`${BETA}#failures`))];
      expect(notes.map(({ reason }) => reason).filter((reason) => reason !== 'superseded')).toEqual([]);
      await trail.close();
    }
  });
});
