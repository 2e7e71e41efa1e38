import { describe, expect, it } from 'vitest';
import { record } from '../../lambda/recorder/recorder.ts';
import { manifestAt } from '../support/recording/made-manifest.ts';
import { ALPHA, activeRow } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { useTrail } from '../support/recording/use-trail.ts';
import { accusations } from '../support/tampering/tampered-nothing.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:55:00');
const trail = useTrail({ [ALPHA]: [alice] });

describe('a slot', () => {
  it('that is delivered twice is captured once', async () => {
    await trail.record();
    const requests = trail.ec2.requests.length;
    const { endpoints } = await trail.record();
    expect(endpoints).toEqual([expect.objectContaining({ outcome: 'already-committed', opened: 0 })]);
    expect(trail.ec2.requests.slice(requests).map((request) => request.get('Action'))).toEqual([
      'DescribeClientVpnEndpoints',
    ]);
    expect(await trail.manifests()).toHaveLength(1);
  });

  it('that comes after a later one is discarded and noted as superseded', async () => {
    await trail.record();
    await trail.recordAfter(5);
    trail.now = new Date('2026-11-20T08:04:00Z');
    const summary = await trail.record();
    expect(summary.endpoints).toEqual([expect.objectContaining({ outcome: 'superseded' })]);
    expect(summary.failures).toEqual([]);
    expect(await trail.items(`${ALPHA}#failures`)).toEqual([expect.objectContaining({ reason: 'superseded' })]);
    expect(await trail.manifests()).toHaveLength(2);
  });

  it('that was committed before later ones is known when it is delivered again', async () => {
    await trail.record();
    await trail.recordAfter(5);
    trail.now = new Date('2026-11-20T08:00:00Z');
    expect((await trail.record()).endpoints).toEqual([expect.objectContaining({ outcome: 'already-committed' })]);
    expect(await trail.items(`${ALPHA}#failures`)).toEqual([]);
  });

  it('ahead of AWS’s time is refused before anything is written, since all until then would count as earlier', async () => {
    trail.ahead = 86_400;
    await expect(trail.record()).rejects.toThrow(
      "the slot 2026-11-21T08:00:00Z is ahead of AWS's time, 2026-11-20T08:00:00Z, and this machine's is 2026-11-21T08:00:00Z; expected the time of this recording. Set the clock that is wrong: until then nothing is recorded",
    );
    trail.ec2.fault = ({ action, refuse }) =>
      action === 'DescribeClientVpnEndpoints' && refuse('UnauthorizedOperation');
    trail.options = { ...trail.options, ENDPOINTS: [ALPHA] };
    const { endpoints } = await trail.record();
    expect(endpoints).toEqual([
      expect.objectContaining({ outcome: 'failed', failure: expect.objectContaining({ reason: 'clock' }) }),
    ]);
    expect(await trail.items(ALPHA)).toEqual([]);
    expect(await trail.items(`${ALPHA}#failures`)).toEqual([]);
    trail.ec2.fault = () => false;
    trail.ahead = 0;
    expect((await trail.recordAfter(5)).endpoints).toEqual([expect.objectContaining({ outcome: 'committed' })]);
  });

  it('is by AWS’s time, though the machine’s is behind', async () => {
    trail.ahead = -7200;
    const at = new Date('2026-11-20T08:00:00Z');
    expect((await record(trail.ports(), trail.options, at)).failures).toEqual([]);
  });
});

describe('a log whose last slot is ahead of AWS’s time', () => {
  const AHEAD = '2026-11-21T08:00:00Z';
  const outcomes = async (minutes: number) => (await trail.recordAfter(minutes)).endpoints;

  it('goes on in the next seconds, says so, and finds each scheduled slot again', async () => {
    const times = { s: '2026-11-20T08:00:00Z', f: '2026-11-20T08:00:00Z' };
    // An early version did not refuse a machine that was a day ahead.
    await trail.log.commit(manifestAt(ALPHA, 0, AHEAD, times), undefined, undefined);
    expect(await outcomes(5)).toMatchObject([
      { outcome: 'committed', opened: 1, anomalies: 1, recordedAs: '2026-11-21T08:00:01Z' },
    ]);
    expect(await outcomes(5)).toMatchObject([{ outcome: 'committed', recordedAs: '2026-11-21T08:00:02Z' }]);
    expect(await outcomes(0)).toMatchObject([{ outcome: 'already-committed' }]);
    expect(await outcomes(-5)).toMatchObject([{ outcome: 'already-committed' }]);
    expect(await outcomes(2)).toMatchObject([{ outcome: 'superseded' }]);
    trail.now = new Date('2026-11-21T07:59:00Z');
    expect(await outcomes(0)).toMatchObject([{ outcome: 'committed', recordedAs: '2026-11-21T08:00:03Z' }]);
    expect(await outcomes(5)).toMatchObject([{ outcome: 'committed', anomalies: 0 }]);
    const slots = (await trail.manifests()).map(({ slot, scheduledSlot }) => [slot.slice(8), scheduledSlot?.slice(8)]);
    expect(slots).toEqual([
      ['21T08:00:00Z', undefined],
      ['21T08:00:01Z', '20T08:05:00Z'],
      ['21T08:00:02Z', '20T08:10:00Z'],
      ['21T08:00:03Z', '21T07:59:00Z'],
      ['21T08:04:00Z', undefined],
    ]);
    await expectSound(trail);
    expect(await accusations(trail)).toEqual([]);
  });

  it('is also one whose machine was set back: what it records until it is as far again is not lost', async () => {
    await trail.record();
    trail.ahead = -7200;
    expect(await outcomes(5)).toMatchObject([
      { outcome: 'committed', skewSeconds: 7200, recordedAs: '2026-11-20T08:00:01Z' },
    ]);
    expect(await outcomes(5)).toMatchObject([{ outcome: 'committed', recordedAs: '2026-11-20T08:00:02Z' }]);
    expect(await outcomes(115)).toMatchObject([{ outcome: 'committed' }]);
    expect(await accusations(trail)).toEqual([]);
  });
});

describe('a gap', () => {
  it('is noted with the snapshot that ends it, and with every reason', async () => {
    await trail.record();
    for (const code of ['RequestLimitExceeded', 'UnauthorizedOperation']) {
      trail.ec2.fault = ({ action, refuse }) => action !== 'DescribeClientVpnEndpoints' && refuse(code);
      await trail.recordTimes(6);
    }
    trail.ec2.fault = () => false;
    await trail.recordTimes(1);
    expect(await trail.items(`${ALPHA}#gaps`)).toEqual([
      {
        endpointId: `${ALPHA}#gaps`,
        slot: '2026-11-20T07:58:00Z',
        end: '2026-11-20T08:07:00Z',
        reasons: ['access-denied', 'throttled'],
      },
    ]);
  });

  it('is none while snapshots are at most 60 minutes less two epsilon apart', async () => {
    await trail.record();
    await trail.recordAfter(56);
    expect(await trail.items(`${ALPHA}#gaps`)).toEqual([]);
    const { endpoints } = await trail.recordAfter(57);
    expect(endpoints[0]?.gap).toMatchObject({ start: '2026-11-20T08:54:00Z', end: '2026-11-20T08:55:00Z' });
  });
});

describe('a log of an early version, without the machine’s time', () => {
  it('goes on, and verifies as before, even with an end before its beginning', async () => {
    const [first, second] = ['2026-11-20T08:00:00Z', '2026-11-20T08:05:00Z'];
    await trail.log.commit(manifestAt(ALPHA, 0, first), undefined, undefined);
    const odd = { previousSlot: first, previousS: first, s: '2026-11-20T09:04:59Z' };
    await trail.log.commit(manifestAt(ALPHA, 1, second, odd), await trail.log.readHead(ALPHA), undefined);
    trail.now = new Date(second);
    await trail.recordTimes(2);
    expect((await trail.manifests()).map(({ previousOwnS }) => previousOwnS)).toEqual([
      undefined,
      undefined,
      undefined,
      '2026-11-20T08:10:00Z',
    ]);
    expect(await accusations(trail)).toEqual([]);
  });
});

describe('the clocks', () => {
  const gaps = async () => (await trail.items(`${ALPHA}#gaps`)).map(({ slot, end, reasons }) => [slot, end, reasons]);

  it('cost nothing if AWS’s is always two hours ahead, after one snapshot, and failures are found by the machine’s', async () => {
    trail.ahead = -7200;
    const anomalies = async () => (await trail.recordAfter(5)).endpoints.map((endpoint) => endpoint.anomalies);
    expect([await anomalies(), await anomalies(), await anomalies()]).toEqual([[1], [0], [0]]);
    trail.ec2.fault = ({ action, refuse }) => action !== 'DescribeClientVpnEndpoints' && refuse('RequestLimitExceeded');
    await trail.recordTimes(24);
    trail.ec2.fault = () => false;
    await trail.recordTimes(2);
    expect(await gaps()).toEqual([['2026-11-20T08:13:00Z', '2026-11-20T09:22:00Z', ['throttled']]]);
  });

  it('carry nothing over an outage if one answer’s Date was an hour ahead', async () => {
    await trail.record();
    trail.ec2.dateAhead = 3600;
    expect((await trail.recordAfter(5)).endpoints).toMatchObject([{ anomalies: 1, skewSeconds: 3600 }]);
    trail.ec2.dateAhead = 0;
    await trail.recordAfter(100);
    expect(await gaps()).toEqual([['2026-11-20T07:58:00Z', '2026-11-20T08:47:00Z', ['clocks-differ']]]);
    expect(await trail.manifests()).toMatchObject([{}, { clocksDiffer: true }, { previousS: '2026-11-20T08:00:00Z' }]);
  });

  it('carry nothing over an outage by AWS’s Date alone, if it was wrong twice', async () => {
    await trail.record();
    trail.ec2.dateAhead = 3600;
    await trail.recordTimes(2);
    trail.ec2.dateAhead = 0;
    await trail.recordAfter(100);
    await trail.recordAfter(5);
    expect(await gaps()).toEqual([
      // By AWS's Dates 70 minutes passed first, and by the machine's clock 10.
      ['2026-11-20T07:58:00Z', '2026-11-20T08:12:00Z', ['clocks-differ']],
      ['2026-11-20T08:08:00Z', '2026-11-20T09:57:00Z', ['clocks-differ']],
    ]);
    expect(await accusations(trail)).toEqual([]);
  });

  it.each([-3600, 1200])('cost one snapshot when the machine’s is set by %i seconds', async (seconds) => {
    await trail.recordTimes(2);
    trail.ahead = seconds;
    // The slot is by AWS's time, as EventBridge's is.
    const recordAt = async (minutes: number) => {
      trail.now = new Date(trail.now.getTime() + minutes * 60_000);
      return record(trail.ports(), trail.options, trail.now);
    };
    for (let time = 0; time < 3; time++) await recordAt(5);
    expect((await trail.manifests()).map(({ clocksDiffer = false }) => clocksDiffer)).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(await gaps()).toEqual([]);
  });

  it('that differ when an endpoint is gone put its deletion as late as either says', async () => {
    trail.options = { ...trail.options, ACCOUNT_ID: '123456789012' };
    await trail.record();
    trail.rows = {};
    trail.ec2.dateAhead = -1800;
    trail.now = new Date('2026-11-20T08:30:00Z');
    const { endpoints } = await record(trail.ports(), trail.options, new Date('2026-11-20T08:00:01Z'));
    expect(endpoints).toMatchObject([
      { outcome: 'closed', gap: { start: '2026-11-20T07:58:00Z', end: '2026-11-20T08:32:00Z' } },
    ]);
    expect(await accusations(trail)).toEqual([]);
  });
});

describe('a run that is short of time', () => {
  it('stops projecting at its deadline, says so, and the next run goes on where it stopped', async () => {
    const rows = Array.from({ length: 250 }, (_, index) =>
      activeRow(`cvpn-connection-${String(index).padStart(3, '0')}`, '2026-11-20 07:55:00'),
    );
    trail.rows[ALPHA] = rows;
    const ports = trail.ports();
    let asked = 0;
    // The clock passes the deadline while the connections are written, a hundred at a time.
    const now = () => new Date(trail.now.getTime() + (++asked > 5 ? 60_000 : 0));
    const summary = await trail.record({ deadline: new Date(trail.now.getTime() + 30_000) }, { ...ports, now });
    expect(summary.failures).toEqual([expect.objectContaining({ reason: 'timeout' })]);
    expect(await trail.items('#trail#failures')).toMatchObject([{ unfinished: ['trail-checkpoint'] }]);
    expect(await trail.manifests()).toHaveLength(1);
    const written = (await trail.scan(trail.options.CONNECTIONS_TABLE)).filter(({ start }) => start).length;
    expect(written).toBeLessThan(250);
    const next = await trail.recordAfter(5);
    expect(next.failures).toEqual([]);
    expect((await trail.scan(trail.options.CONNECTIONS_TABLE)).filter(({ start }) => start)).toHaveLength(250);
    await expectSound(trail);
  });
});
