import { describe, expect, it } from 'vitest';
import { record } from '../../lambda/recorder/recorder.ts';
import { ALPHA, activeRow } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { useTrail } from '../support/recording/use-trail.ts';

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

  it('in the future is refused, since it would supersede all that come before it', async () => {
    const ports = trail.ports();
    await expect(record(ports, trail.options, new Date('2026-11-20T08:06:00Z'))).rejects.toThrow(
      'slot 2026-11-20T08:06:00Z is in the future: it is 2026-11-20T08:00:00Z; expected the time of this recording',
    );
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
    expect(await trail.manifests()).toHaveLength(1);
    const written = (await trail.scan(trail.options.CONNECTIONS_TABLE)).filter(({ start }) => start).length;
    expect(written).toBeLessThan(250);
    const next = await trail.recordAfter(5);
    expect(next.failures).toEqual([]);
    expect((await trail.scan(trail.options.CONNECTIONS_TABLE)).filter(({ start }) => start)).toHaveLength(250);
    await expectSound(trail);
  });
});
