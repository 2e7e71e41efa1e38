import { describe, expect, it } from 'vitest';
import { ALPHA, activeRow, endedRow } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { lists, useTrail } from '../support/recording/use-trail.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:55:00');
const trail = useTrail({ [ALPHA]: [alice] });

describe('the end of a connection', () => {
  it('is the one that AWS reports', async () => {
    await trail.record();
    trail.rows[ALPHA] = [endedRow(alice, '2026-11-20 08:03:00', { egressBytes: '4242' })];
    const summary = await trail.recordAfter(5);
    expect(summary.ended).toBe(1);
    expect(await trail.connection(ID)).toMatchObject({
      status: 'terminated',
      endedAt: '2026-11-20T08:03:00Z',
      end: { kind: 'reported' },
      egressBytes: 4242n,
      lastSlot: '2026-11-20T08:05:00Z',
    });
  });

  it('stays when AWS forgets the connection', async () => {
    await lists(trail, [endedRow(alice, '2026-11-20 07:59:00')]).record();
    const before = await trail.connection(ID);
    const summary = await lists(trail, []).recordAfter(5);
    expect(summary.endpoints[0]).toMatchObject({ connections: 0, ended: 0, anomalies: 0 });
    expect(await trail.connection(ID)).toEqual(before);
  });

  it('absorbs: a later row that says it is active is a counted contradiction', async () => {
    await lists(trail, [endedRow(alice, '2026-11-20 07:59:00')]).record();
    const summary = await lists(trail, [alice]).recordAfter(5);
    expect(summary.endpoints[0]).toMatchObject({ anomalies: 1, ended: 0 });
    expect(await trail.connection(ID)).toMatchObject({
      status: 'terminated',
      endedAt: '2026-11-20T07:59:00Z',
      contradictions: 1,
    });
    await expectSound(trail);
  });

  it('without a time lies between the last sight of it alive and the answer that told', async () => {
    await trail.record();
    await lists(trail, [{ ...alice, status: { code: 'terminated' } }]).recordAfter(5);
    expect(await trail.connection(ID)).toMatchObject({
      status: 'terminated',
      end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', '2026-11-20T08:05:00Z'] },
    });
  });
});

describe('a connection that vanishes without an end', () => {
  it('stays open and says since when it is unlisted', async () => {
    await trail.record();
    const summary = await lists(trail, []).recordAfter(5);
    expect(summary.endpoints[0]).toMatchObject({ ended: 0, anomalies: 1 });
    const connection = await trail.connection(ID);
    expect(connection).toMatchObject({ status: 'active', unlistedSince: '2026-11-20T08:05:00Z', ingressBytes: 100n });
    expect(connection).not.toHaveProperty('end');
  });

  it('has an inferred end once it was missing for 60 minutes and epsilon, and not before', async () => {
    await trail.record();
    await lists(trail, []).recordTimes(13);
    expect(await trail.connection(ID)).not.toHaveProperty('end');
    const summary = await trail.recordAfter(5);
    expect(summary).toMatchObject({ ended: 1 });
    expect(await trail.connection(ID)).toMatchObject({
      status: 'active',
      unlistedSince: '2026-11-20T08:05:00Z',
      end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', '2026-11-20T08:05:00Z'] },
      lastSlot: '2026-11-20T08:00:00Z',
    });
    await expectSound(trail);
  });

  it('and comes back is open as before', async () => {
    await trail.record();
    await lists(trail, []).recordTimes(3);
    await lists(trail, [alice]).recordTimes(20);
    const connection = await trail.connection(ID);
    expect(connection).toMatchObject({ status: 'active', firstSlot: '2026-11-20T08:00:00Z' });
    for (const absent of ['unlistedSince', 'end', 'ingressBytes', 'long'])
      expect(connection).not.toHaveProperty(absent);
    await expectSound(trail);
  });

  it('takes AWS’s own end in place of the inferred one, should AWS give it later', async () => {
    await trail.record();
    await lists(trail, []).recordTimes(16);
    await lists(trail, [endedRow(alice, '2026-11-20 08:04:00')]).recordTimes(1);
    expect(await trail.connection(ID)).toMatchObject({ endedAt: '2026-11-20T08:04:00Z', end: { kind: 'reported' } });
  });

  it('across a gap ended between its last row and 60 minutes before the answer without it', async () => {
    await trail.record();
    const { endpoints } = await lists(trail, []).recordAfter(180);
    expect(endpoints[0]).toMatchObject({
      ended: 1,
      gap: { start: '2026-11-20T07:58:00Z', end: '2026-11-20T10:02:00Z', reasons: ['no-run'] },
    });
    expect(await trail.connection(ID)).toMatchObject({
      end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', '2026-11-20T10:02:00Z'] },
    });
  });

  it('before a gap and is missing after it has the wider bounds', async () => {
    await trail.record();
    await lists(trail, []).recordAfter(5);
    await trail.recordAfter(180);
    expect(await trail.connection(ID)).toMatchObject({
      end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', '2026-11-20T10:07:00Z'] },
    });
    await expectSound(trail);
  });
});

describe('a connection that lasts', () => {
  it('is in the index of long ones from 24 hours on, once written', async () => {
    await lists(trail, [{ ...alice, connectionEstablishedTime: '2026-11-19 08:07:00' }]).record();
    await trail.recordTimes(1);
    expect(await trail.connection(ID)).not.toHaveProperty('long');
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]).toMatchObject({ opened: 0, ended: 0 });
    expect(await trail.connection(ID)).toMatchObject({ long: true, lastEntry: 2 });
    await trail.recordTimes(1);
    expect(await trail.connection(ID)).toMatchObject({ lastEntry: 2 });
    const items = await trail.scan(trail.options.CONNECTIONS_TABLE);
    expect(items.find(({ longEnd }) => longEnd)).toMatchObject({
      spanKey: `${ALPHA}#long`,
      longEnd: `~#${ID}`,
    });
  });
});
