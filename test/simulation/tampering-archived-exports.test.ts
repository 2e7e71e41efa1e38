import { describe, expect, it } from 'vitest';
import { dayManifestObject, dayObject } from '../../lambda/export/daily/day-objects.ts';
import { type SignedManifest, signManifest } from '../../lambda/trail/export-manifest.ts';
import { exportInto } from '../support/exports/daily-export.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { STRANGER, tamperingWith } from '../support/tampering/tampered-case.ts';
import { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const [FIRST, SECOND, THIRD] = ['2026-11-20', '2026-11-21', '2026-11-22'] as const;
const file = dayObject(ALPHA, SECOND);
const manifest = dayManifestObject(ALPHA, SECOND);

async function record() {
  const recorded = await RecordedTrail.start();
  const anna = activeRow('cvpn-connection-0a', '2026-11-20 21:50:00');
  const over = endedRow(anna, '2026-11-21 00:10:00');
  for (const [time, rows] of Object.entries({
    '2026-11-20T23:00:00Z': [anna],
    '2026-11-20T23:30:00Z': [anna],
    '2026-11-21T00:30:00Z': [over],
    '2026-11-22T00:30:00Z': [],
    '2026-11-23T00:30:00Z': [],
  })) {
    recorded.now = new Date(time);
    recorded.rows = { [ALPHA]: rows, [BETA]: [] };
    await recorded.record();
  }
  await exportInto(recorded, recorded.archive);
  await recorded.close();
  return { recorded, whole: await TamperedTrail.of(recorded) };
}

const { recorded, whole } = await record();
const tampering = tamperingWith(async () => ({ whole, earlier: whole }));

const CHANGED = ['archive export-changed'];
const bytesOf = (trail: TamperedTrail, key: string) => trail.archive.objects.get(key) ?? Buffer.alloc(0);
const signedIn = (trail: TamperedTrail, key: string) => JSON.parse(trail.archive.text(key)) as SignedManifest;
const writeJson = (trail: TamperedTrail, key: string, value: unknown) => trail.write(key, JSON.stringify(value));

describe('of the daily exports in the archive', () => {
  it('nothing is accused while nobody has touched them', async () => {
    expect([...whole.archive.objects.keys()].filter((key) => key.endsWith('.parquet'))).toHaveLength(6);
    expect(await whole.faults()).toEqual({ faults: [], notes: [] });
  });

  tampering('a file, changed', CHANGED, (trail) =>
    trail.write(file, Buffer.concat([bytesOf(trail, file), Buffer.from('x')])),
  );
  tampering('a file, removed', CHANGED, (trail) => trail.erase(file));
  tampering('a file, replaced by that of another day', CHANGED, (trail) =>
    trail.write(file, bytesOf(trail, dayObject(ALPHA, FIRST))),
  );
  tampering('two days, swapped with their manifests', [...CHANGED, ...CHANGED], (trail) => {
    for (const object of [dayObject, dayManifestObject]) trail.exchange(object(ALPHA, FIRST), object(ALPHA, THIRD));
  });
  tampering("a day, replaced by another endpoint's", CHANGED, (trail) => {
    for (const object of [dayObject, dayManifestObject])
      trail.write(object(ALPHA, SECOND), bytesOf(trail, object(BETA, SECOND)));
  });
  tampering('a day, copied to one that was not exported', CHANGED, (trail) => {
    for (const object of [dayObject, dayManifestObject])
      trail.write(object(ALPHA, '2026-11-23'), bytesOf(trail, object(ALPHA, SECOND)));
  });
  tampering('a manifest, changed', CHANGED, (trail) => {
    const signed = signedIn(trail, manifest);
    writeJson(trail, manifest, { ...signed, manifest: { ...signed.manifest, rows: 0 } });
  });
  tampering('a manifest that is none any more', CHANGED, (trail) => trail.write(manifest, '{}'));
  tampering(
    'a file and its manifest, changed and signed by another key',
    ['archive checkpoint-of-another-key'],
    async (trail) => {
      const { manifest: said } = signedIn(trail, manifest);
      trail.write(file, 'x');
      const sha256 = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
      const files = [{ name: 'connections.parquet', bytes: 1, sha256 }];
      writeJson(trail, manifest, await signManifest({ ...said, files }, STRANGER));
    },
  );
  tampering('a day that is signed as complete beyond what was known', CHANGED, async (trail) => {
    const { manifest: said } = signedIn(trail, manifest);
    const coverage = { ...said.coverage, complete: true, gaps: [], pendingSince: `${SECOND}T23:59:58Z` };
    writeJson(trail, manifest, await signManifest({ ...said, coverage }, recorded.signer));
  });
  tampering('a file that no export writes, beside an export', ['archive object-added'], (trail) =>
    trail.write(file.replace('connections', 'more'), 'x'),
  );
  tampering('a file where no day is', ['archive object-added'], (trail) =>
    trail.write(`exports/endpoint=${ALPHA}/connections.parquet`, 'x'),
  );

  it('one without its manifest, as an interrupted run leaves it, is noted: the next export signs it, or refuses to', async () => {
    const trail = whole.copy();
    trail.erase(manifest);
    const { faults, notes } = await trail.faults();
    expect(faults).toEqual([]);
    expect(notes).toEqual([
      `${file} has no manifest yet; the next export writes it.`,
      `${ALPHA} has no daily export of ${SECOND}; the next export makes what is missing, or says why it cannot.`,
    ]);
  });

  it('a day that was removed as a whole is noted, and the next export makes the same bytes again', async () => {
    const trail = whole.copy();
    trail.erase(file);
    trail.erase(manifest);
    const { faults, notes } = await trail.faults();
    expect([faults, notes]).toEqual([[], [expect.stringContaining(`no daily export of ${SECOND}`)]]);
    await exportInto(recorded, trail.archive);
    expect(trail.archive.objects.get(file)).toEqual(whole.archive.objects.get(file));
    expect(await trail.faults()).toEqual({ faults: [], notes: [] });
  });
});
