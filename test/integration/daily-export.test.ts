import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { record } from '../../lambda/recorder/recorder.ts';
import { type ExportManifest, openManifest, type SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { exportInto, fileOf, filesIn, replayThrough } from '../support/exports/daily-export.ts';
import { ExportFolder } from '../support/exports/export-folder.ts';
import { MemoryArchive } from '../support/recording/memory-archive.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { lists } from '../support/recording/use-trail.ts';
import { crashAtEffect, interrupt } from '../support/servers/interrupted-clients.ts';
import { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const anna = activeRow('cvpn-connection-0a', '2026-11-20 21:50:00');
const bob = activeRow('cvpn-connection-0b', '2026-11-20 22:10:00', { commonName: 'bob', clientIp: '172.31.0.2' });
let trail: RecordedTrail;
let archive: MemoryArchive;

beforeEach(async () => {
  trail = await RecordedTrail.start();
  archive = new MemoryArchive();
});
afterEach(() => trail.close());

/** Records what AWS lists at that time. */
async function at(time: string, ...rows: (typeof anna)[]): Promise<void> {
  trail.now = new Date(time);
  await lists(trail, { [ALPHA]: rows }).record();
}

async function rowsOf(day: string): Promise<Record<string, unknown>[]> {
  using folder = new ExportFolder();
  const bytes = archive.objects.get(`exports/endpoint=${ALPHA}/day=${day}/connections.parquet`);
  return (await folder.read('parquet', bytes ?? '')).map(({ fields }) => fields);
}

async function manifestOf(day: string): Promise<ExportManifest> {
  const text = archive.text(`exports/endpoint=${ALPHA}/day=${day}/connections.parquet.manifest.json`);
  return openManifest(JSON.parse(text) as SignedManifest, [await trail.signer.publicKey()]);
}

/** Anna is connected over midnight, bob ends in the evening. */
async function recordMidnight(): Promise<void> {
  await at('2026-11-20T22:00:00Z', anna);
  await at('2026-11-20T22:30:00Z', anna, bob);
  await at('2026-11-20T23:00:00Z', anna, endedRow(bob, '2026-11-20 22:50:00'));
  await at('2026-11-20T23:30:00Z', anna, endedRow(bob, '2026-11-20 22:50:00'));
  await at('2026-11-21T00:00:00Z', anna);
  await at('2026-11-21T00:30:00Z', endedRow(anna, '2026-11-21 00:10:00'));
  await at('2026-11-21T01:00:00Z', endedRow(anna, '2026-11-21 00:10:00'));
}

describe('a day’s file', () => {
  it('holds what changed on that day, as it was at its end; what ends tomorrow is in tomorrow’s too', async () => {
    await recordMidnight();
    await at('2026-11-22T00:10:00Z');
    expect(await exportInto(trail, archive)).toMatchObject({ days: 2, waiting: 0, notes: [] });
    expect(await rowsOf('2026-11-20')).toMatchObject([
      { connection_id: 'cvpn-connection-0a', status: 'active' },
      { connection_id: 'cvpn-connection-0b', status: 'terminated', ingress_bytes_sent: 100n },
    ]);
    const [first] = await rowsOf('2026-11-20');
    expect(first).not.toHaveProperty('ended_at');
    expect(await rowsOf('2026-11-21')).toMatchObject([{ connection_id: 'cvpn-connection-0a', status: 'terminated' }]);
  });

  it('is of a manifest that is signed, and says what may be missing', async () => {
    await recordMidnight();
    await exportInto(trail, archive);
    const manifest = await manifestOf('2026-11-20');
    expect(manifest).toMatchObject({
      kind: 'day',
      format: 'parquet',
      rows: 2,
      question: { endpoint: [ALPHA], day: ['2026-11-20'] },
      window: { since: '2026-11-20T00:00:00Z', until: '2026-11-20T23:59:59Z', match: 'changed' },
      coverage: {
        complete: false,
        gaps: [{ start: '2026-11-20T00:00:00Z', end: '2026-11-20T21:02:00Z', reasons: ['before-first-snapshot'] }],
      },
      exportedBy: 'schedule',
      checkpoints: [{ endpointId: ALPHA, note: (await trail.log.readCheckpoint(ALPHA))?.note }],
    });
    expect(manifest.assumptions.length).toBeGreaterThan(2);
  });

  it('is there without rows for a day of an outage, whose manifest has the gap', async () => {
    await recordMidnight();
    await at('2026-11-23T12:00:00Z', anna);
    await exportInto(trail, archive);
    expect(await rowsOf('2026-11-22')).toEqual([]);
    const { coverage, rows } = await manifestOf('2026-11-22');
    expect({ rows, coverage }).toMatchObject({
      rows: 0,
      coverage: { complete: false, gaps: [{ start: '2026-11-21T00:58:00Z', end: '2026-11-23T11:02:00Z' }] },
    });
  });

  it('says of a name only what was said by the end of the day, also a week later', async () => {
    const unsaid = { ...anna, connectionEstablishedTime: '2026-11-20 08:00:00', clientIp: '', commonName: '' };
    await at('2026-11-20T08:10:00Z', { ...unsaid, commonName: 'alice.example.com' });
    await at('2026-11-20T18:00:00Z', unsaid);
    await at('2026-11-20T23:30:00Z', unsaid);
    await at('2026-11-21T00:20:00Z', { ...unsaid, status: { code: 'terminating' } });
    await at('2026-11-22T00:10:00Z', { ...unsaid, clientIp: '172.31.0.225', commonName: 'anna' });
    await exportInto(trail, archive);
    expect(filesIn(archive).get('2026-11-21')).toBe(await fileOf(await replayThrough(trail, '2026-11-21')));
    const [row] = await rowsOf('2026-11-21');
    expect(row).toMatchObject({ status: 'terminating', common_name: 'alice.example.com' });
    expect(row).not.toHaveProperty('client_ip');
  });

  it('has the end that is inferred on it of one that went missing the evening before, among rows that name nobody', async () => {
    const nobody = { ...activeRow('', '2026-11-20 21:00:00'), connectionId: '-' };
    await at('2026-11-20T18:00:00Z', anna, bob);
    for (const hour of [18, 19, 20, 21, 22, 23]) {
      if (hour > 18) await at(`2026-11-20T${hour}:00:00Z`, anna, nobody);
      await at(`2026-11-20T${hour}:30:00Z`, anna, nobody);
    }
    await at('2026-11-21T00:00:00Z', anna);
    await at('2026-11-21T00:30:00Z', anna);
    await at('2026-11-21T01:10:00Z', anna);
    await at('2026-11-22T00:30:00Z', anna);
    await exportInto(trail, archive);
    expect(await rowsOf('2026-11-21')).toMatchObject([{ connection_id: 'cvpn-connection-0b', end_kind: 'inferred' }]);
    expect(filesIn(archive).get('2026-11-21')).toBe(await fileOf(await replayThrough(trail, '2026-11-21')));
  });

  it('counts what contradicts an earlier day', async () => {
    await recordMidnight();
    await at('2026-11-21T12:00:00Z');
    await at('2026-11-22T00:10:00Z', anna);
    await at('2026-11-22T00:40:00Z', { ...anna, status: { code: 'terminating' } });
    await at('2026-11-23T00:10:00Z', { ...anna, commonName: 'later' });
    await exportInto(trail, archive);
    expect(await rowsOf('2026-11-22')).toMatchObject([{ status: 'terminating', contradictions: 1n }]);
    expect(filesIn(archive).get('2026-11-22')).toBe(await fileOf(await replayThrough(trail, '2026-11-22')));
  });
});

describe('a day waits', () => {
  it('until a snapshot follows that begins epsilon after its end', async () => {
    await at('2026-11-20T22:00:00Z', anna);
    await at('2026-11-20T23:59:00Z', anna, bob);
    trail.now = new Date('2026-11-21T00:01:00Z');
    const { days, waiting, notes } = await exportInto(trail, archive);
    expect({ days, waiting, notes }).toEqual({
      days: 0,
      waiting: 1,
      notes: [
        `${ALPHA}: 2026-11-20 waits for a later snapshot that is projected and signed; the last one is of 2026-11-20T23:59:00Z`,
      ],
    });
    await at('2026-11-21T00:01:00Z', anna, bob);
    expect(await exportInto(trail, archive)).toMatchObject({ days: 0 });
    await at('2026-11-21T00:02:00Z', anna, bob);
    expect(await exportInto(trail, archive)).toMatchObject({ days: 1, notes: [] });
  });

  it('while an entry of it may still follow, though it was begun after midnight', async () => {
    await at('2026-11-20T23:50:00Z', anna);
    trail.now = new Date('2026-11-21T00:05:00Z');
    const late = async (slot: string, ...rows: (typeof anna)[]) => {
      trail.rows = { [ALPHA]: rows };
      await record(trail.ports(), trail.options, new Date(slot));
    };
    await late('2026-11-20T23:55:00Z', anna);
    expect(await exportInto(trail, archive)).toMatchObject({ days: 0 });
    await late('2026-11-20T23:58:00Z', anna, bob);
    await at('2026-11-21T00:10:00Z', anna, bob);
    expect(await exportInto(trail, archive)).toMatchObject({ days: 1 });
    expect(await rowsOf('2026-11-20')).toHaveLength(2);
  });

  it('until what follows it is signed', async () => {
    await at('2026-11-20T22:00:00Z', anna);
    const { documents, signer } = trail.ports();
    trail.now = new Date('2026-11-21T00:10:00Z');
    const ports = {
      ...trail.ports(),
      documents,
      signer: { ...signer, sign: () => Promise.reject(new Error('no key')) },
    };
    await trail.record({}, ports);
    expect(await exportInto(trail, archive)).toMatchObject({ days: 0 });
    await at('2026-11-21T00:15:00Z', anna);
    expect(await exportInto(trail, archive)).toMatchObject({ days: 1 });
  });

  it('an hour where its endpoint is no longer recorded; then it is the last', async () => {
    await at('2026-11-20T22:00:00Z', anna);
    trail.now = new Date('2026-11-20T22:30:00Z');
    await lists(trail, { [BETA]: [] }).record();
    trail.now = new Date('2026-11-21T00:30:00Z');
    expect(await exportInto(trail, archive)).toMatchObject({ days: 0 });
    trail.now = new Date('2026-11-25T02:00:00Z');
    await exportInto(trail, archive);
    expect([...filesIn(archive).keys()]).toEqual(['2026-11-20']);
    expect(await rowsOf('2026-11-20')).toMatchObject([{ connection_id: 'cvpn-connection-0a', end_kind: 'inferred' }]);
  });
});

/** What an undisturbed run leaves, but for when it was signed. */
async function undisturbed(): Promise<Map<string, string>> {
  const alone = new MemoryArchive();
  await exportInto(trail, alone);
  expect(alone.objects.size).toBe(4);
  return filesIn(alone);
}

describe('a run', () => {
  let recorded: TamperedTrail;
  beforeAll(async () => {
    trail = await RecordedTrail.start();
    await recordMidnight();
    await at('2026-11-22T00:10:00Z');
    recorded = await TamperedTrail.of(trail);
    await trail.close();
  });
  beforeEach(async () => {
    await trail.close();
    trail = await recorded.store();
  });

  /** Through the ports of a process that can be interrupted. */
  const ports = () => Object.assign(trail.ports(), { archive });

  it('that is done leaves nothing to the next', async () => {
    await exportInto(trail, archive);
    const before = new Map(archive.objects);
    expect(await exportInto(trail, archive)).toMatchObject({ days: 0 });
    expect(archive.objects).toEqual(before);
  });

  it.each(['before', 'after'] as const)(
    'that dies %s any effect is mended by the next, which rewrites nothing',
    async (when) => {
      const expected = await undisturbed();
      for (let effect = 1; effect <= 6; effect++) {
        archive = new MemoryArchive();
        const dying = ports();
        crashAtEffect(dying, effect, when);
        await expect(exportInto(trail, archive, { ports: dying })).rejects.toThrow('2026-11-2');
        const left = new Map(archive.objects);
        await exportInto(trail, archive);
        expect(filesIn(archive), `died ${when} effect ${effect}`).toEqual(expected);
        for (const [key, bytes] of left) expect(archive.objects.get(key)).toBe(bytes);
        expect((await manifestOf('2026-11-20')).rows).toBe(2);
        expect((await manifestOf('2026-11-21')).rows).toBe(1);
      }
    },
  );

  it('that another overtakes at any call of archive or signer leaves what one leaves', async () => {
    const expected = await undisturbed();
    for (let call = 1; call <= 6; call++) {
      archive = new MemoryArchive();
      const slow = ports();
      let seen = 0;
      interrupt(slow, async (_, proceed, __, name) => {
        if (/^archive|^signer\.sign/.test(name) && ++seen === call) await exportInto(trail, archive);
        return proceed();
      });
      await exportInto(trail, archive, { ports: slow });
      expect(filesIn(archive), `overtaken at call ${call}`).toEqual(expected);
      expect(archive.objects.size).toBe(4);
    }
  });

  it('ends between days at its deadline, and says how many are left', async () => {
    expect(await exportInto(trail, archive, { deadline: trail.now })).toMatchObject({
      days: 0,
      waiting: 2,
      notes: ['the time is up; 2 days are left to the next run, from 2026-11-20 on'],
    });
    expect(archive.objects.size).toBe(0);
  });

  it('refuses to sign a file that is not what the log gives, and goes on with the other days', async () => {
    const key = `exports/endpoint=${ALPHA}/day=2026-11-20/connections.parquet`;
    archive.objects.set(key, Buffer.from('PAR1'));
    await expect(exportInto(trail, archive)).rejects.toThrow(`the archive holds another ${key} than the log gives`);
    expect([...archive.objects.keys()].filter((name) => name.endsWith('json'))).toEqual([
      `exports/endpoint=${ALPHA}/day=2026-11-21/connections.parquet.manifest.json`,
    ]);
  });
});

describe('with a retention', () => {
  it('a day whose snapshots have expired gets no file, and is no failure', async () => {
    trail.options = { ...trail.options, RETENTION: 2 };
    await recordMidnight();
    await at('2026-11-22T00:10:00Z');
    await at('2026-11-23T12:00:00Z', anna);
    await at('2026-11-24T00:05:00Z', anna);
    const { days, waiting, notes } = await exportInto(trail, archive);
    expect({ days, waiting }).toEqual({ days: 1, waiting: 0 });
    // The snapshot that the third day's first one is compared with has expired too.
    expect(notes).toEqual([`${ALPHA}: 3 days had expired before they were exported: 2026-11-20 to 2026-11-22`]);
    expect([...filesIn(archive).keys()]).toEqual(['2026-11-23']);
  });
});
