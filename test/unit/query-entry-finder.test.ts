import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../lambda/dynamodb/log-reads.ts';
import { BeginningProofs, proveInclusion } from '../../lambda/query/proofs/prove.ts';
import { openSignedLog } from '../../lambda/query/proofs/signed-log.ts';
import { signerOf } from '../../local/signing-key.ts';
import { CountedReads, growTree, placeLog, slotsApart } from '../support/tampering/made-up-log.ts';

const ENTRIES = 100_000;
const DAY = 86_400;
/** Of the entries that are not tried one by one, each so many. */
const STEP = 9239;
const MOST_REQUESTS = 80;
/** A kilobyte each: less than half a megabyte. */
const MOST_ENTRIES_READ = 450;

const signer = signerOf(generateKeyPairSync('ed25519').privateKey);
const tree = growTree(Array.from({ length: ENTRIES }, (_, entry) => `entry ${entry}`));

let state = 1;
/** A number from 0 to 1, the same in each run. */
function random(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

const SCHEDULES: Readonly<Record<string, (entry: number) => number>> = {
  'without a gap': () => 300,
  'where one slot in fifty failed': () => (random() < 0.02 ? 600 : 300),
  'with an outage of a month': (entry) => (entry === 61_803 ? 31 * DAY : 300),
  'with outages that lie ever closer to the end': (entry) =>
    [50_000, 90_000, 99_000, 99_900, 99_990].includes(entry) ? 200 * DAY : 300,
  'whose interval was changed': (entry) => (entry < 70_000 ? 900 : 60),
  'that is recorded at day, and not at night': (entry) => (entry % 120 === 119 ? 14 * 3600 : 300),
  'whose pauses last seconds or months, at random': () => Math.min(300 * DAY, Math.ceil(60 / random() ** 1.2)),
};

/** The ends, both sides of the places where the tree's shape changes, and some of all others. */
function triedPlaces(): number[] {
  const some = Array.from({ length: Math.ceil(ENTRIES / STEP) }, (_, step) => step * STEP);
  const edges = [1, 2, 32, 33, 34, 50_000, 65_535, 65_536, 90_001, 98_304, 99_968, 99_999];
  return [...some, ...edges];
}

async function logWith(secondsAt: (entry: number) => number) {
  const log = await placeLog('cvpn-endpoint-0a', tree, slotsApart(ENTRIES, secondsAt), signer);
  return { entries: log.entries, signed: openSignedLog(log.checkpoint) };
}

const only = (entries: readonly LogEntry[], place: number): LogEntry => {
  const entry = entries[place];
  if (!entry) throw new RangeError(`there is no entry ${place}`);
  return entry;
};

describe(`proofs in a log of ${ENTRIES.toLocaleString('en')} entries cost few requests`, () => {
  it.each(Object.entries(SCHEDULES))('%s', async (name, secondsAt) => {
    const { entries, signed } = await logWith(secondsAt);
    // On a steady schedule hardly more than one for each level of the tree.
    const most = name === 'without a gap' ? 18 : MOST_REQUESTS;
    for (const place of triedPlaces()) {
      const inclusion = new CountedReads(entries);
      await proveInclusion(inclusion, signed, only(entries, place));
      const beginning = new CountedReads(entries);
      const proofs = await BeginningProofs.open(beginning, signed);
      const hashes = await (place % 2 === 0 ? proofs.proveConsistency(place) : proofs.proveRange(place));
      expect(hashes.length).toBeLessThanOrEqual(18);
      expect(inclusion.requests).toBeLessThanOrEqual(most);
      expect(beginning.requests).toBeLessThanOrEqual(MOST_REQUESTS);
      for (const { entriesRead } of [inclusion, beginning]) expect(entriesRead).toBeLessThan(MOST_ENTRIES_READ);
    }
  });
});

describe('a log whose entries are not where they should be is named as such:', () => {
  const TAMPERED: Readonly<Record<string, (entries: LogEntry[]) => LogEntry[]>> = {
    'one is missing': (entries) => entries.filter(({ entry }) => entry !== 511),
    'the first is missing': (entries) => entries.slice(1),
    'all but a few are missing': (entries) => entries.filter(({ entry }) => entry % 300 === 0 || entry === 767),
    'one has the number of another': (entries) =>
      entries.map((entry) => (entry.entry === 511 ? { ...entry, entry: 510 } : entry)),
    'all have the same number': (entries) => entries.map((entry) => (entry.entry > 0 ? { ...entry, entry: 1 } : entry)),
    'two are swapped': (entries) =>
      entries.map((entry) =>
        [255, 511].includes(entry.entry) ? { ...only(entries, 766 - entry.entry), slot: entry.slot } : entry,
      ),
    'one names another slot before it': (entries) =>
      entries.map((entry) => (entry.entry === 511 ? { ...entry, previousSlot: '2030-01-01T00:00:00Z' } : entry)),
  };

  it.each(Object.entries(TAMPERED))('%s', async (_, tamper) => {
    const slots = slotsApart(1000, () => 300);
    const log = await placeLog(
      'cvpn-endpoint-0a',
      growTree(Array.from({ length: 1000 }, (__, entry) => `entry ${entry}`)),
      slots,
      signer,
    );
    const stored = log.entries.map(({ entry, slot, previousSlot, leafHash, root, nodes }) => {
      return { entry, slot, previousSlot, leafHash, root, nodes };
    });
    const reads = new CountedReads(tamper(stored));
    const proof = proveInclusion(reads, openSignedLog(log.checkpoint), only(log.entries, 100));
    await expect(proof).rejects.toMatchObject({ kind: 'store-contradicts-checkpoint' });
    expect(reads.requests).toBeLessThan(150);
  });
});
