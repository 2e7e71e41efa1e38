import { beforeEach, describe, expect, it } from 'vitest';
import { failureKey, failuresOf, TRAIL, trailEntryKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { record } from '../../lambda/recorder/recorder.ts';
import { checkpointObject, manifestObject } from '../../lambda/trail/archive.ts';
import { openCheckpoint, originOf } from '../../lambda/trail/checkpoint.ts';
import { appendLeaf, EMPTY_RANGE, leafHash, rootOf } from '../../lambda/trail/proof.ts';
import { readTrailEntry, trailEntryText, trailNameOf } from '../../lambda/trail/trail-log.ts';
import { ALPHA, activeRow, BETA } from '../support/recording/recorded-trail.ts';
import { useTrail } from '../support/recording/use-trail.ts';
import { interrupt, recordWithout } from '../support/servers/interrupted-clients.ts';
import { RewrittenStore } from '../support/tampering/rewritten-store.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';
import { itemKey } from '../support/tampering/tampered-evidence.ts';
import { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const anna = activeRow('cvpn-connection-0a', '2026-11-20 07:50:00');
const trail = useTrail({ [ALPHA]: [anna], [BETA]: [] });

let name: string;
beforeEach(async () => {
  name = trailNameOf(await trail.signer.publicKey());
  await trail.record();
});

const end = async () => {
  const { checkpoint, newest } = await trail.log.readTrailEnd();
  return { size: checkpoint?.size, logs: readTrailEntry(newest ?? '')?.logs.map(({ size }) => size) };
};
/** Whether a call signs a checkpoint of this log. */
const signs = (name: string) => (call: string, input: unknown) =>
  call === 'signer.sign' && Buffer.from((input as [Uint8Array])[0] ?? []).includes(`/${name}`);
const failTrail = () => recordWithout(trail, signs('trail-'));

describe('the log of all logs', () => {
  it('gets an entry with each recording, which names them as they are, and a checkpoint that is archived', async () => {
    await trail.recordTimes(2);
    expect(await end()).toEqual({ size: 3, logs: [3, 3] });
    const texts = [0, 1, 2].map((entry) => trail.archive.text(manifestObject(name, entry)));
    expect((await trail.items(TRAIL)).map(({ entry }) => entry)).toEqual([...texts, undefined]);
    const root = rootOf(texts.map(leafHash).reduce(appendLeaf, EMPTY_RANGE));
    const note = trail.archive.text(checkpointObject(name, 3));
    const opened = openCheckpoint(note, originOf(name), [await trail.signer.publicKey()]);
    expect({ size: opened.size, root: Buffer.from(opened.root) }).toEqual({ size: 3, root: Buffer.from(root) });
  });

  it('gets none where nothing is new', async () => {
    await trail.record();
    expect(await end()).toEqual({ size: 1, logs: [1, 1] });
  });

  it('names the logs of forty recorders that end at the same moment, whoever of them comes first', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `cvpn-endpoint-${String(index).padStart(17, '0')}`);
    trail.rows = Object.fromEntries(ids.map((id) => [id, []]));
    const { options } = trail;
    const recordAll = async () => {
      trail.now = new Date(trail.now.getTime() + 5 * 60_000);
      const ports = trail.ports();
      const each = ids.map((id, index) => {
        const ACCOUNT_ID = String(100_000_000_000 + index);
        return record(ports, { ...options, ACCOUNT_ID, ENDPOINTS: [id] }, trail.now);
      });
      return (await Promise.all(each)).flatMap(({ failures }) => failures);
    };
    expect(await recordAll()).toEqual([]);
    expect(await recordAll()).toEqual([]);
    const { size = 0, logs = [] } = await end();
    // Those of the recording before, of one entry each, are closed by nobody.
    expect(logs.toSorted((one, other) => one - other)).toEqual([1, 1, ...ids.map(() => 2)]);
    const entries = (await trail.items(TRAIL)).flatMap(({ entry }) => (typeof entry === 'string' ? [entry] : []));
    expect(entries).toHaveLength(size);
    const root = rootOf(entries.map(leafHash).reduce(appendLeaf, EMPTY_RANGE));
    const opened = openCheckpoint(trail.archive.text(checkpointObject(name, size)), originOf(name), [
      await trail.signer.publicKey(),
    ]);
    expect(Buffer.from(opened.root)).toEqual(Buffer.from(root));
  });

  it('keeps its name where the key changes, and goes on', async () => {
    Object.assign(trail, { signer: STRANGER });
    expect((await trail.recordAfter(5)).failures).toEqual([]);
    expect(await end()).toEqual({ size: 2, logs: [2, 2] });
    expect(trail.archive.text(checkpointObject(name, 2))).toContain(`\n— ${originOf(name)} `);
  });

  it('does not fail a recording where it fails, which is noted, and mended by the next', async () => {
    const { endpoints, failures } = await failTrail();
    expect(endpoints.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
    expect(failures).toMatchObject([{ reason: 'checkpoint', unfinished: ['trail-checkpoint'] }]);
    expect(await trail.items(`${TRAIL}#failures`)).toMatchObject([{ reason: 'checkpoint' }]);
    expect(await trail.items('#endpoints#failures')).toEqual([]);
    expect((await trail.recordAfter(5)).failures).toEqual([]);
    expect(await end()).toEqual({ size: 3, logs: [3, 3] });
  });

  const refuseBeta = () => {
    trail.ec2.fault = ({ parameters, action, refuse }) =>
      action === 'DescribeClientVpnConnections' &&
      parameters.get('ClientVpnEndpointId') === BETA &&
      refuse('UnauthorizedOperation');
  };

  /** Archiving of the trail's entry takes longer than the recording's time. */
  function recordLate() {
    trail.now = new Date(trail.now.getTime() + 300_000);
    const ports = trail.ports();
    interrupt(ports, (_, proceed, input, call) => {
      if (call !== 'archive.putOnce' || !String((input as unknown[])[0]).includes('/trail-')) return proceed();
      trail.stalls.abort();
      return new Promise(() => undefined);
    });
    return trail.record({}, ports);
  }

  it('does not hold up a recording whose time is up', async () => {
    const { failures } = await recordLate();
    expect(failures).toMatchObject([{ message: expect.stringContaining('time was up') }]);
  });

  it('is no failure, and is noted, where a recording that has failed already only had no time left for it', async () => {
    refuseBeta();
    const { failures } = await recordLate();
    expect(failures).toMatchObject([{ endpointId: BETA, reason: 'access-denied' }]);
    const message = expect.stringContaining('time was up');
    expect(await trail.items(`${TRAIL}#failures`)).toMatchObject([{ reason: 'checkpoint', message }]);
  });

  it('is a failure that is told also where something else has failed', async () => {
    refuseBeta();
    const { failures } = await failTrail();
    expect(failures).toMatchObject([{ unfinished: ['trail-checkpoint'] }, { endpointId: BETA }]);
  });
});

describe('a log whose own checkpoint failed for over an hour, and was signed by a recording that was cut off', () => {
  const words = `${BETA}: 9 entries are signed and in no trail checkpoint yet, although its newest is of 2026-11-20T09:20:00Z`;
  let tampered: TamperedTrail;
  beforeEach(async () => {
    for (let time = 0; time < 8; time++) await recordWithout(trail, signs(BETA), 10);
    await recordWithout(trail, signs('trail-'), 10);
    tampered = await TamperedTrail.of(trail);
  });

  it('is not accused: the failures that were noted explain it', async () => {
    const { faults, notes } = await tampered.faults();
    expect(faults).toEqual([]);
    expect(notes).toContainEqual(expect.stringContaining(`${words}: meanwhile recordings of it failed`));
  });

  it('is not accused by the archive alone, which has no failures: that is said', async () => {
    const { faults, notes } = await tampered.faults({}, 'archive alone');
    expect(faults).toEqual([]);
    expect(notes).toContainEqual(expect.stringContaining(`${words}. Whether the log’s own checkpoint failed`));
  });

  it('is found where the failures that are noted are none, or of another hour', async () => {
    const ofBeta = [...tampered.snapshots].filter(([, { endpointId }]) => endpointId === failuresOf(BETA));
    expect(ofBeta).toHaveLength(8);
    for (const [key] of ofBeta) tampered.remove(key);
    const note = (at: string) => {
      const key = failureKey(BETA, at, at);
      tampered.snapshots.set(itemKey(key), { ...key, reason: 'checkpoint', message: 'it failed' });
    };
    const found = { faults: ['store log-unnamed beta[1]'] };
    expect(await tampered.faults()).toMatchObject(found);
    note('2026-11-20T08:10:00Z');
    expect(await tampered.faults()).toMatchObject(found);
    note('2026-11-20T09:10:00Z');
    expect(await tampered.faults()).toMatchObject({ faults: [] });
  });
});

describe('nothing is signed of it', () => {
  const expectRefused = async () => {
    const before = trail.archive.objects.size;
    const { failures } = await trail.recordAfter(5);
    const ofTrail = failures.filter(({ endpointId }) => endpointId === undefined).map(({ message }) => message);
    expect(ofTrail).toMatchObject([expect.stringContaining('Nothing is signed until this is cleared up')]);
    expect(trail.archive.objects.has(checkpointObject(name, 2))).toBe(false);
    expect(trail.archive.objects.size).toBeGreaterThan(before);
    return ofTrail[0];
  };
  const put = (item: Record<string, unknown>) => new RewrittenStore(trail).put(item);

  it('where a log that it named is not there any more', async () => {
    const checkpoint = await trail.log.readCheckpoint(ALPHA);
    expect(checkpoint?.size).toBe(1);
    await new RewrittenStore(trail).remove({ endpointId: ALPHA, slot: '2026-11-20T08:00:00Z' });
    await new RewrittenStore(trail).removeCheckpoint();
    expect(await expectRefused()).toContain(`names 1 entries of ${ALPHA}, and the store has no checkpoint of it`);
  });

  it('where somebody invented an entry that nobody signed', async () => {
    const [item] = await trail.items(TRAIL);
    const first = readTrailEntry(String(item?.entry));
    if (!first) throw new Error('there is no entry');
    const root = Buffer.alloc(32, 7).toString('base64');
    const invented = { ...first, entry: 1, logs: first.logs.map((log) => ({ ...log, root })) };
    await put({ ...trailEntryKey(1), entry: trailEntryText(invented) });
    await expectRefused();
  });

  it('where the archive has another entry', async () => {
    trail.archive.objects.set(manifestObject(name, 1), Buffer.from('{}'));
    expect(await expectRefused()).toContain(`another ${manifestObject(name, 1)}`);
  });

  it('where the archive does not have its newest checkpoint', async () => {
    trail.archive.objects.delete(checkpointObject(name, 1));
    expect(await expectRefused()).toContain('does not hold the checkpoint of 1 entries');
  });

  it('where its entries were removed from the store', async () => {
    await new RewrittenStore(trail).remove(trailEntryKey(0));
    expect(await expectRefused()).toContain('the trail’s log ends with entry -1, its checkpoint is of 1 entries');
  });
});
