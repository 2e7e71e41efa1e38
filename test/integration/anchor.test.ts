import { describe, expect, it } from 'vitest';
import { splitHashes } from '../../lambda/dynamodb/snapshot-items.ts';
import { checkpointObject, chunksOf, keyObject } from '../../lambda/trail/archive.ts';
import { openCheckpoint, originOf, parseCheckpoint } from '../../lambda/trail/checkpoint.ts';
import { appendLeaf, EMPTY_RANGE, leafHash, nodesCompletedBy } from '../../lambda/trail/proof.ts';
import { parseNote, toPem } from '../../lambda/trail/signed-note.ts';
import { ALPHA, activeRow, BETA, endedRow } from '../support/recording/recorded-trail.ts';
import { expectSoundArchive } from '../support/recording/sound-archive.ts';
import { lists, useTrail } from '../support/recording/use-trail.ts';
import { interrupt, recordWithout } from '../support/servers/interrupted-clients.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';
import { accusations } from '../support/tampering/tampered-nothing.ts';

const anna = activeRow('cvpn-connection-0a', '2026-11-20 07:50:00');
const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:51:00', { commonName: 'bob' });
const emil = activeRow('cvpn-connection-0e', '2026-11-20 07:00:00', { clientVpnEndpointId: BETA, commonName: 'emil' });
const trail = useTrail({ [ALPHA]: [anna, bob] });

const archived = (prefix: string) => Array.fromAsync(trail.archive.list(prefix));

describe('every recording', () => {
  it('archives its entry and a checkpoint of the log that ends with it', async () => {
    await trail.record();
    await trail.recordTimes(2);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([3]);
    const notes = (await archived(`checkpoints/${ALPHA}/`)).map((name) => parseNote(trail.archive.text(name)).text);
    expect(notes.map((text) => parseCheckpoint(text).size)).toEqual([1, 2, 3]);
    expect(notes[0]).toMatch(new RegExp(`^client-vpn-audit/${ALPHA}\n1\n`));
  });

  it('archives each endpoint’s log for itself', async () => {
    await lists(trail, { ...trail.rows, [BETA]: [emil] }).record();
    await lists(trail, { [ALPHA]: [anna], [BETA]: [emil] }).recordAfter(5);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([2, 2]);
  });

  it('archives the public key once, and the gap with its reasons', async () => {
    await trail.record();
    await trail.recordAfter(95);
    await trail.recordAfter(5);
    const key = keyObject(await trail.signer.publicKey());
    expect(await archived('keys/')).toEqual([key]);
    expect(trail.archive.text(key)).toBe(toPem(await trail.signer.publicKey()));
    expect(await archived('gaps/')).toEqual([`gaps/${ALPHA}/2026-11-20T07:58:00Z.json`]);
    expect(JSON.parse(trail.archive.text(`gaps/${ALPHA}/2026-11-20T07:58:00Z.json`))).toEqual({
      start: '2026-11-20T07:58:00Z',
      end: '2026-11-20T08:37:00Z',
      reasons: ['no-run'],
    });
    await expectSoundArchive(trail.log, trail.archive);
  });

  it('asks for a signature of its log and one of the trail’s, and signs nothing where nothing was appended', async () => {
    await trail.record();
    const ports = trail.ports();
    const signed: string[] = [];
    interrupt(ports, async (_, proceed, __, name) => {
      if (name === 'signer.sign') signed.push(name);
      return proceed();
    });
    trail.now = new Date(trail.now.getTime() + 300_000);
    await trail.record({}, ports);
    expect(signed).toHaveLength(2);
    await trail.record({}, ports);
    expect(signed).toHaveLength(2);
  });

  it('notes on its manifest the nodes that it completes', async () => {
    await trail.record();
    await trail.recordTimes(8);
    let range = EMPTY_RANGE;
    for (const { manifest, nodes } of await trail.items(ALPHA)) {
      const leaf = leafHash(manifest ?? '');
      const [, ...completed] = nodesCompletedBy(range, leaf);
      const noted = nodes === undefined ? [] : splitHashes(nodes as Uint8Array);
      expect(noted.map((hash) => Buffer.from(hash))).toEqual(completed.map((hash) => Buffer.from(hash)));
      range = appendLeaf(range, leaf);
    }
    expect(range.size).toBe(9);
  });
});

describe('a chunk that several snapshots share', () => {
  it('is archived once a day, and again on the next: what expires is told from the day', async () => {
    trail.now = new Date('2026-11-20T23:50:00Z');
    await lists(trail, { [ALPHA]: [anna] }).record();
    await trail.recordTimes(3);
    const manifests = await trail.manifests();
    expect(new Set(manifests.map(({ chunks }) => chunks[0]?.sha256)).size).toBe(1);
    const sha256 = manifests[0]?.chunks[0]?.sha256;
    expect(await archived(chunksOf(ALPHA))).toEqual([
      `chunks/${ALPHA}/2026-11-20/${sha256}.ndjson.gz`,
      `chunks/${ALPHA}/2026-11-21/${sha256}.ndjson.gz`,
    ]);
    await expectSoundArchive(trail.log, trail.archive);
  });
});

describe('a chunk that is shared over midnight', () => {
  it('is archived for both days also where one run catches up with both', async () => {
    trail.now = new Date('2026-11-20T23:50:00Z');
    trail.rows = { [ALPHA]: [anna] };
    for (let run = 0; run < 3; run++) {
      await recordWithout(trail, (name) => name === 'signer.sign' || name === 'archive.putOnce');
    }
    expect(trail.archive.objects.size).toBe(0);
    await trail.recordAfter(5);
    const days = (await archived(chunksOf(ALPHA))).map((key) => key.split('/')[2]);
    expect(days).toEqual(['2026-11-20', '2026-11-21']);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([4]);
  });
});

describe('a log that is closed', () => {
  it('is archived with the entry that closes it, and with the gap before a deletion', async () => {
    await lists(trail, { ...trail.rows, [BETA]: [emil] }).record();
    await lists(trail, { [ALPHA]: [anna] }).recordAfter(5);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([2, 2]);
    expect(await archived(`gaps/${BETA}/`)).toHaveLength(1);
    expect(trail.archive.text(`manifests/${BETA}/0000000001.json`)).toContain('"closedBecause":"endpoint-deleted"');
    const before = trail.archive.objects.size;
    await trail.recordAfter(5);
    expect(await archived(`checkpoints/${BETA}/`)).toHaveLength(2);
    expect(trail.archive.objects.size).toBeGreaterThan(before);
  });

  it('is archived by a later run where the one that closed it could not', async () => {
    await lists(trail, { ...trail.rows, [BETA]: [emil] }).record();
    trail.rows = { [ALPHA]: [anna] };
    await recordWithout(trail, (name) => name === 'archive.putOnce');
    expect(await archived(`checkpoints/${BETA}/`)).toHaveLength(1);
    await trail.recordAfter(5);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([3, 2]);
  });

  it('goes on where the endpoint comes back', async () => {
    await lists(trail, { ...trail.rows, [BETA]: [emil] }).record();
    await lists(trail, { [ALPHA]: [anna] }).recordAfter(5);
    await lists(trail, { [ALPHA]: [endedRow(anna, '2026-11-20 08:07:00')], [BETA]: [emil] }).recordAfter(5);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([3, 3]);
  });
});

describe('a key that changes', () => {
  const changeKey = () => Object.assign(trail, { signer: STRANGER });

  it('signs from then on, and goes into the archive beside the old one', async () => {
    await trail.record();
    const old = await trail.signer.publicKey();
    changeKey();
    await trail.recordTimes(2);
    const keys = [old, await trail.signer.publicKey()].map(keyObject).sort();
    expect(await archived('keys/')).toEqual(keys);
    const newest = await trail.log.readCheckpoint(ALPHA);
    expect(Buffer.from(newest?.publicKey ?? [])).toEqual(Buffer.from(await trail.signer.publicKey()));
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([3]);
  });

  it('is countersigned by the old one where that is still there, once in each log', async () => {
    await trail.record();
    const { signer: previous } = trail;
    Object.assign(trail, { signer: { ...STRANGER, previous } });
    await trail.recordTimes(2);
    const keys = await Promise.all([STRANGER.publicKey(), previous.publicKey()]);
    const signed = (await archived(`checkpoints/${ALPHA}/`)).map((name) => {
      const { publicKey, countersigners } = openCheckpoint(trail.archive.text(name), originOf(ALPHA), keys);
      return [publicKey, ...countersigners].map((one) => keys.indexOf(one));
    });
    expect(signed).toEqual([[1], [0, 1], [0]]);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([3]);
    expect(await accusations(trail)).toEqual([]);
  });

  it('signs nothing while the old one is configured and cannot be used, and says what to do', async () => {
    await trail.record();
    const previous = {
      publicKey: () => Promise.reject(new Error('the key is disabled')),
      sign: (text: Uint8Array) => trail.signer.sign(text),
    };
    Object.assign(trail, { signer: { ...STRANGER, previous } });
    const errors: unknown[] = [];
    trail.now = new Date(trail.now.getTime() + 300_000);
    await trail.record({ onError: (_, __, error) => errors.push(error) });
    expect(errors).toMatchObject([{ message: expect.stringContaining('take it out of the configuration') }]);
    expect(await archived(`checkpoints/${ALPHA}/`)).toHaveLength(1);
  });

  it('leaves what the old one had signed when the run was cut off', async () => {
    await trail.record();
    const old = await trail.signer.publicKey();
    const [ports, later] = [trail.ports(), new Date(trail.now.getTime() + 300_000)];
    let archivedNotes = 0;
    interrupt(ports, async (_, proceed, input, name) => {
      if (archivedNotes > 0) throw new Error('cut off');
      const done = await proceed();
      if (name === 'archive.putOnce' && String((input as unknown[])[0]).startsWith('checkpoints/')) archivedNotes++;
      return done;
    });
    trail.now = later;
    await trail.record({}, ports);
    changeKey();
    await trail.recordAfter(5);
    const notes = (await archived(`checkpoints/${ALPHA}/`)).map((name) => parseNote(trail.archive.text(name)).text);
    expect(notes.map((text) => parseCheckpoint(text).size)).toEqual([1, 2, 3]);
    expect(() => openCheckpoint(trail.archive.text(checkpointObject(ALPHA, 2)), originOf(ALPHA), [old])).not.toThrow();
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([3]);
  });
});
