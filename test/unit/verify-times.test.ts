import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { collectFindings } from '../../verification/findings.ts';
import { verifyTimes } from '../../verification/log/verify-times.ts';
import { manifestAt } from '../support/recording/made-manifest.ts';

const at = (minute: number) => `2026-11-20T08:${String(minute).padStart(2, '0')}:00Z`;

/** Four entries five minutes apart, the third with an odd time of AWS's, by both clocks. */
const LOG: readonly Partial<Manifest>[] = [0, 5, 10, 15].map((minute, entry) => ({
  ownS: at(minute),
  ownF: at(minute),
  ...(entry === 0 ? {} : { previousSlot: at(minute - 5), previousS: at(minute - 5), previousOwnS: at(minute - 5) }),
}));
const ODD = { s: at(40), f: at(40), clocksDiffer: true } as const;
const AFTER_ODD = { previousS: at(5), previousOwnS: at(5) };

function faultsOf(changes: Readonly<Record<number, Partial<Manifest>>>, first = 0): string[] {
  const manifests = LOG.map((own, entry) =>
    manifestAt('cvpn-endpoint-0a', entry, at(5 * entry), { ...own, ...changes[entry] }),
  );
  const findings = collectFindings(() => undefined);
  verifyTimes(manifests.slice(first), 'store', findings);
  return findings.faults.map(({ kind, entry, field }) => `${kind} ${entry} ${field}`);
}

describe('the times of a log are right', () => {
  it.each<[string, Readonly<Record<number, Partial<Manifest>>>]>([
    ['where the clocks agree', {}],
    ['where they differ once, and it is said', { 2: ODD, 3: AFTER_ODD }],
    ['where AWS’s ran backwards from page to page', { 2: { clocksDiffer: true, pages: 2 }, 3: AFTER_ODD }],
    [
      'where an early version recorded no time of the machine’s, whatever it made of AWS’s',
      Object.fromEntries(
        LOG.map((_, entry) => [entry, { ownS: undefined, ownF: undefined, previousOwnS: undefined, f: at(0) }]),
      ),
    ],
    [
      'where the machine’s clock was behind until the capture began',
      { 2: { slot: '2026-11-20T08:05:01Z', scheduledSlot: at(4) }, 3: { previousSlot: '2026-11-20T08:05:01Z' } },
    ],
    [
      'where it goes on after a slot that was ahead',
      {
        2: { slot: '2026-11-21T08:00:00Z', ownS: undefined, ownF: undefined },
        3: {
          slot: '2026-11-21T08:00:01Z',
          scheduledSlot: at(15),
          previousSlot: '2026-11-21T08:00:00Z',
          previousOwnS: undefined,
          s: at(15),
          f: at(15),
        },
      },
    ],
  ])('%s', (_, changes) => {
    expect(faultsOf(changes)).toEqual([]);
    expect(faultsOf(changes, 1)).toEqual([]);
  });
});

describe('a manifest is found, though it was signed,', () => {
  it.each<[string, Partial<Manifest>, string]>([
    ['that ends before it begins', { f: at(9) }, 'f'],
    ['that ends before it begins by the machine’s clock', { ownF: at(9) }, 'ownF'],
    ['whose slot is ahead of AWS’s time', { s: at(3), f: at(3), ownS: at(3), ownF: at(3) }, 'slot'],
    ['that goes on from another proof', { previousS: at(8) }, 'previousS'],
    ['that goes on from another proof by the machine’s clock', { previousOwnS: at(8) }, 'previousOwnS'],
    ['whose clocks differ, though it does not say so', { s: at(40), f: at(40) }, 'clocksDiffer'],
    ['whose clocks do not differ, though it says so', { clocksDiffer: true }, 'clocksDiffer'],
    ['that names another entry before it', { previousSlot: at(4) }, 'previousSlot'],
    ['that is not after the one before it', { slot: at(5) }, 'slot'],
    [
      'that goes on from a slot that was not ahead',
      { slot: '2026-11-20T08:05:01Z', scheduledSlot: at(5) },
      'scheduledSlot',
    ],
  ])('%s', (_, change, field) => {
    // Where the second entry is not a proof, or begins elsewhere, the third would be wrong too.
    expect(faultsOf({ 2: change })).toContain(`manifest-contradicted 2 ${field}`);
  });
});
