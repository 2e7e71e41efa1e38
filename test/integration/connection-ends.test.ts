import type { PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { useAskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, endedRow } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { lists, useTrail } from '../support/recording/use-trail.ts';
import { failWhere } from '../support/servers/interrupted-clients.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:55:00');
const trail = useTrail({ [ALPHA]: [alice] });
const asked = useAskedTrail(trail);

/** What the answer to each clock time says of the connection. */
async function whoAt(...times: string[]): Promise<string[]> {
  const verdicts = times.map(async (time) => {
    const { body } = await asked.ask<ConnectionsAnswer>(`/connections?at=2026-11-20T${time}Z`);
    const [one] = body.connections;
    return one ? (one.possible ? 'possible' : 'certain') : 'no';
  });
  return Promise.all(verdicts);
}

async function whoNow() {
  const { body } = await asked.ask<ConnectionsAnswer>('/connections?at=now');
  const { connections, coverage } = body;
  const who = connections.map(({ connectionId }) => connectionId);
  return { who, possible: connections.map(({ possible }) => possible ?? false), complete: coverage.complete };
}

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

  it('is contradicted by a later row that says it is active: it is open again, and keeps the first end', async () => {
    await lists(trail, [endedRow(alice, '2026-11-20 07:59:00')]).record();
    const summary = await lists(trail, [alice]).recordAfter(5);
    expect(summary.endpoints[0]).toMatchObject({ anomalies: 1, ended: 0 });
    const open = await trail.connection(ID);
    expect(open).toMatchObject({ status: 'active', firstEndedAt: '2026-11-20T07:59:00Z', contradictions: 1 });
    expect(open).not.toHaveProperty('end');
    expect(await whoAt('07:59:00')).toEqual(['certain']);
    // Said once, the new word makes nothing certain.
    expect(await whoAt('08:01:00', '08:03:00')).toEqual(['possible', 'possible']);
    await expectSound(trail);
  });

  it('that AWS contradicts for a while is the last one; who was there in between is possible', async () => {
    await trail.record();
    await lists(trail, [endedRow(alice, '2026-11-20 08:04:50')]).recordAfter(5);
    await lists(trail, [alice]).recordTimes(8);
    await lists(trail, [endedRow(alice, '2026-11-20 08:52:00')]).recordTimes(2);
    expect(await whoAt('08:04:50', '08:07:00', '08:10:00', '08:50:00', '08:52:01')).toEqual([
      'certain',
      'possible',
      'certain',
      'certain',
      'no',
    ]);
    expect(await trail.connection(ID)).toMatchObject({
      endedAt: '2026-11-20T08:52:00Z',
      firstEndedAt: '2026-11-20T08:04:50Z',
      connectedAgainAt: '2026-11-20T08:10:00Z',
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

  it('across a gap ends as in quiet times; until then it is possible, and now too', async () => {
    await trail.record();
    const { endpoints } = await lists(trail, []).recordAfter(180);
    expect(endpoints[0]).toMatchObject({
      ended: 0,
      gap: { start: '2026-11-20T07:58:00Z', end: '2026-11-20T10:02:00Z', reasons: ['no-run'] },
    });
    expect(await trail.connection(ID)).toMatchObject({ unlistedSince: '2026-11-20T11:00:00Z' });
    expect(await whoAt('07:58:00', '10:30:00')).toEqual(['certain', 'possible']);
    expect(await whoNow()).toEqual({ who: [ID], possible: [true], complete: true });
    await trail.recordTimes(13);
    const between = ['2026-11-20T07:58:00Z', '2026-11-20T11:00:00Z'];
    expect(await trail.connection(ID)).toMatchObject({ end: { kind: 'inferred', between } });
    expect(await whoNow()).toEqual({ who: [], possible: [], complete: true });
    await expectSound(trail);
  });

  it('after an outage, in one empty answer, has not ended', async () => {
    await trail.record();
    await lists(trail, []).recordAfter(120);
    expect(await whoAt('09:58:00')).toEqual(['possible']);
    await lists(trail, [alice]).recordAfter(5);
    expect(await whoAt('09:58:00')).toEqual(['certain']);
    await lists(trail, [endedRow(alice, '2026-11-20 10:07:00')]).recordAfter(5);
    expect(await trail.connection(ID)).toMatchObject({ endedAt: '2026-11-20T10:07:00Z' });
    await expectSound(trail);
  });

  it('before a gap and is missing after it has the wider bounds, once that is proven', async () => {
    await trail.record();
    await lists(trail, []).recordAfter(5);
    await trail.recordAfter(180);
    expect(await trail.connection(ID)).not.toHaveProperty('end');
    await trail.recordTimes(13);
    const between = ['2026-11-20T07:58:00Z', '2026-11-20T11:05:00Z'];
    expect(await trail.connection(ID)).toMatchObject({ end: { kind: 'inferred', between } });
    await expectSound(trail);
  });

  it('in one snapshot that is committed and not yet projected is possible now', async () => {
    await trail.record();
    const ports = lists(trail, []).ports();
    failWhere(ports, (_, input) => (input as PutCommandInput).TableName === trail.options.CONNECTIONS_TABLE);
    trail.now = new Date('2026-11-20T08:05:00Z');
    expect(await trail.record({}, ports)).toMatchObject({ failures: [{ reason: 'store' }] });
    expect(await whoNow()).toEqual({ who: [ID], possible: [true], complete: true });
  });
});

describe('of which AWS does not say when it was established', () => {
  const { connectionEstablishedTime: _, ...untold } = alice;

  it('began after the snapshot without it, and may have been there since', async () => {
    await lists(trail, []).record();
    await lists(trail, [untold]).recordAfter(5);
    expect(await trail.connection(ID)).toMatchObject({
      establishedAt: '2026-11-20T08:05:00Z',
      establishedAfter: '2026-11-20T07:58:00Z',
    });
    await trail.recordAfter(5);
    expect(await whoAt('07:57:59', '08:02:30', '08:05:00')).toEqual(['no', 'possible', 'certain']);
    await expectSound(trail);
  });

  it('nor when it ended, first seen terminated, lies in the hour before', async () => {
    await lists(trail, [{ ...untold, status: { code: 'terminated' } }]).record();
    await lists(trail, []).recordAfter(5);
    expect(await whoAt('06:57:59', '07:30:00', '08:00:00', '08:00:01')).toEqual(['no', 'possible', 'possible', 'no']);
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
