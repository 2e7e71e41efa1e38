import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { record } from '../../lambda/recorder/recorder.ts';
import { checkpointObject } from '../../lambda/trail/archive.ts';
import { openCheckpoint, originOf } from '../../lambda/trail/checkpoint.ts';
import { ALPHA, activeRow } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { expectSoundArchive } from '../support/recording/sound-archive.ts';
import { useTrail } from '../support/recording/use-trail.ts';
import { failWhere, interrupt, recordWithout } from '../support/servers/interrupted-clients.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';
import { accusations } from '../support/tampering/tampered-nothing.ts';

const ID = 'cvpn-connection-0a';
const trail = useTrail({ [ALPHA]: [activeRow(ID, '2026-11-20 07:50:00')] }, (made) => made.record());

const sizes = async () =>
  (await Array.fromAsync(trail.archive.list(`checkpoints/${ALPHA}/`))).map((name) => Number(name.slice(-10)));

/** Records five minutes later, with a call of that name failing. */
async function recordFailing(failing: string) {
  trail.now = new Date(trail.now.getTime() + 300_000);
  const ports = trail.ports();
  const errors: unknown[] = [];
  const error = Object.assign(new Error('Said so: alice.'), { name: 'AccessDenied' });
  failWhere(ports, (name) => name === failing, error);
  const summary = await trail.record({ onError: (_, __, error) => errors.push(error) }, ports);
  return { ...summary, errors };
}

describe.each(['archive.putOnce', 'signer.sign', 'signer.publicKey', 'archive.get'])(
  'a run for which %s fails',
  (failing) => {
    it('fails with the reason `checkpoint`, and records and projects its snapshot all the same', async () => {
      trail.rows = { [ALPHA]: [activeRow('cvpn-connection-0b', '2026-11-20 08:01:00')] };
      const { failures, endpoints, errors } = await recordFailing(failing);
      expect(failures).toEqual([expect.objectContaining({ endpointId: ALPHA, reason: 'checkpoint' })]);
      expect(endpoints).toMatchObject([{ outcome: 'failed', appended: 'committed', opened: 1, connections: 1 }]);
      expect(failures[0]?.unfinished).toEqual(['checkpoint']);
      // AWS's words are for the log, with the cause; they stay out of what is kept.
      expect(failures[0]?.message).toBe('the checkpoint could not be signed or archived; the next run goes on with it');
      expect(errors).toEqual([
        expect.objectContaining({ cause: expect.objectContaining({ message: 'Said so: alice.' }) }),
      ]);
      expect(await trail.manifests()).toHaveLength(2);
      expect(await trail.connection('cvpn-connection-0b')).toMatchObject({ status: 'active' });
      expect(await sizes()).toEqual([1]);
      await expectSound(trail);
    });

    it('is mended by the next', async () => {
      await recordFailing(failing);
      const { failures } = await trail.recordAfter(5);
      expect(failures).toEqual([]);
      expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([3]);
    });
  },
);

describe('what was not signed for a while', () => {
  it('is signed entry by entry, so that no checkpoint is ever missing', async () => {
    await recordFailing('signer.sign');
    await recordFailing('archive.putOnce');
    await recordFailing('signer.sign');
    expect(await sizes()).toEqual([1]);
    await trail.recordAfter(5);
    expect(await sizes()).toEqual([1, 2, 3, 4, 5]);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([5]);
  });

  it('is signed by a retry of the same slot, which captures nothing', async () => {
    await recordFailing('signer.sign');
    const requests = trail.ec2.requests.length;
    const { endpoints, failures } = await trail.record();
    expect(failures).toEqual([]);
    expect(endpoints).toEqual([expect.objectContaining({ outcome: 'already-committed' })]);
    expect(trail.ec2.requests.slice(requests).map((request) => request.get('Action'))).toEqual([
      'DescribeClientVpnEndpoints',
    ]);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([2]);
  });

  it('is signed by a run whose own slot is superseded', async () => {
    await recordFailing('signer.sign');
    const { failures } = await record(trail.ports(), trail.options, new Date(trail.now.getTime() - 60_000));
    expect(failures).toEqual([]);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([2]);
  });

  it('is signed by a run whose capture fails, which says why the capture failed', async () => {
    await recordFailing('signer.sign');
    trail.ec2.fault = ({ action }, response) => {
      if (action === 'DescribeClientVpnEndpoints') return false;
      response.destroy();
      return true;
    };
    const { failures } = await trail.recordAfter(5);
    expect(failures).toEqual([expect.objectContaining({ reason: 'network' })]);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([2]);
  });

  it('is not blamed for a gap', async () => {
    for (let minutes = 0; minutes < 100; minutes += 5) await recordFailing('signer.sign');
    await trail.recordAfter(95);
    const [gap] = await trail.items(`${ALPHA}#gaps`);
    expect(gap?.reasons).toEqual(['no-run']);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([22]);
  });

  it('is signed as far as the time of a run goes, and on from there by the next', async () => {
    for (let run = 0; run < 4; run++) await recordFailing('signer.sign');
    trail.now = new Date(trail.now.getTime() + 300_000);
    const ports = trail.ports();
    let late = false;
    interrupt(ports, async (_, proceed, __, name) => {
      const result = await proceed();
      if (name === 'signer.sign') late = true;
      return result;
    });
    const now = () => new Date(trail.now.getTime() + (late ? 50_000 : 0));
    const deadline = new Date(trail.now.getTime() + 60_000);
    const { failures } = await trail.record({ deadline }, { ...ports, now });
    expect(failures).toEqual([
      expect.objectContaining({ reason: 'checkpoint', message: expect.stringContaining('the deadline came') }),
    ]);
    expect(await sizes()).toEqual([1, 2]);
    await trail.recordAfter(5);
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([7]);
  });
});

describe('a key that was changed after a run was cut off', () => {
  it('leaves what the key before had signed, and signs on from there', async () => {
    const [earlier, later] = [trail.signer, STRANGER];
    // Between the archive's checkpoint and the store's note of it.
    const isNote = (name: string, input: unknown) =>
      name.startsWith('Put') && JSON.stringify(input)?.includes('#checkpoints');
    expect((await recordWithout(trail, isNote)).failures).toHaveLength(1);
    expect(await sizes()).toEqual([1, 2]);
    Object.assign(trail, { signer: later });
    expect((await trail.recordAfter(5)).failures).toEqual([]);
    const keys = await Promise.all([earlier, later].map((signer) => signer.publicKey()));
    const isBy = (size: number, key: Uint8Array | undefined) => {
      const note = trail.archive.text(checkpointObject(ALPHA, size));
      return () => openCheckpoint(note, originOf(ALPHA), key ? [key] : []);
    };
    expect(isBy(2, keys[0])()).toMatchObject({ size: 2 });
    expect(isBy(2, keys[1])).toThrow('key');
    expect(isBy(3, keys[1])()).toMatchObject({ size: 3 });

    expect(await accusations(trail, { keys })).toEqual([]);
  });
});

describe('chunks that expired before they could be archived', () => {
  it('are let go: the manifest says until when they were kept', async () => {
    trail.options = { ...trail.options, RETENTION: 1 };
    await recordFailing('archive.putOnce');
    const [, manifest] = await trail.manifests();
    const sha256 = manifest?.chunks[0]?.sha256 ?? '';
    const Key = { endpointId: `${ALPHA}#${sha256}`, slot: 'chunk' };
    await trail.tables.documents.send(new DeleteCommand({ TableName: trail.options.SNAPSHOTS_TABLE, Key }));
    const { failures } = await trail.recordAfter(2 * 24 * 60);
    expect(failures).toEqual([]);
    expect(await sizes()).toEqual([1, 2, 3]);
  });
});
