import { randomBytes } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { recordingLine } from '../../cli/recording-line.ts';
import { recoverLog } from '../../cli/recover/recover-log.ts';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { chunkObject } from '../../lambda/trail/archive.ts';
import { collectFindings } from '../../verification/findings.ts';
import { verifyTrail } from '../../verification/verify-trail.ts';
import { useAskedTrail } from '../support/command/asked-trail.ts';
import { exportInto, fileOf, filesIn, replayThrough } from '../support/exports/daily-export.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { configured, lists, useTrail } from '../support/recording/use-trail.ts';
import { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:55:00');
const trail = useTrail({ [ALPHA]: [alice] });

describe('a row', () => {
  it('that names no connection proves no absence: nothing is ended by it', async () => {
    await trail.record();
    trail.rows[ALPHA] = [{ ...alice, connectionId: '-' }];
    for (let time = 0; time < 16; time++) await trail.recordAfter(5);
    expect(await trail.connection(ID)).not.toHaveProperty('end');
  });

  it('that names no connection ends nothing after a gap either', async () => {
    await trail.record();
    await lists(trail, [{ ...alice, connectionId: '-' }]).recordAfter(180);
    expect(await trail.connection(ID)).not.toHaveProperty('end');
  });

  it('with an id longer than a key may be is kept and counted, and holds up neither its like nor the next recording', async () => {
    const long = { ...alice, connectionId: `cvpn-connection-${'a'.repeat(300)}` };
    await lists(trail, [alice, long]).record();
    const { failures, ended } = await lists(trail, [endedRow(alice, '2026-11-20 08:01:00'), long]).recordAfter(5);
    expect([failures, ended]).toEqual([[], 1]);
    expect(await trail.storedRows()).toContainEqual(long);
    expect((await trail.manifests()).map(({ unidentified }) => unidentified)).toEqual([1, 1]);
    await expectSound(trail);
  });

  it('with characters that XML 1.0 does not have is recorded as AWS wrote it', async () => {
    trail.ec2.fault = ({ reply, answer }) => answer(reply.xml.replaceAll('alice.', 'ali&#x1;&#0;\u001Bce.'));
    await lists(trail, [{ ...alice, username: 'half', connectionEndTime: '-' }]).record();
    const commonName = 'ali\u0001\0\u001Bce.example.com';
    expect(await trail.storedRows()).toMatchObject([{ commonName }]);
    expect(await trail.connection(ID)).toMatchObject({ commonName });
    trail.ec2.fault = ({ reply, answer }) =>
      answer(reply.xml.replace('>half<', '>&#xD800;<').replace(/requestId>.*?</, 'requestId>&#1;&lt;<'));
    const { failures, endpoints } = await trail.recordAfter(5);
    expect([failures, endpoints[0]?.unparsed]).toEqual([[], 1]);
    expect(await trail.storedRows()).toMatchObject([{ username: '\uD800' }]);
    await expectSound(trail);
    expect((await (await TamperedTrail.of(trail)).faults()).faults).toEqual([]);
  });

  it('with an id inside an unknown element has not that id', async () => {
    const { connectionId: _, ...nameless } = alice;
    await lists(trail, [{ ...nameless, invented: { connectionId: 'cvpn-connection-ff' } }]).record();
    await expectSound(trail);
  });

  const nested = (levels: number): unknown => (levels === 0 ? 'x' : { a: nested(levels - 1) });
  it.each([
    ['with an id too long for the keys of the indexes', { ...alice, connectionId: 'x'.repeat(1020) }, 0],
    ['too large for an item', { ...alice, invented: 'x'.repeat(500_000) }, 1],
    ['nested deeper than an item may be', { ...alice, invented: nested(40) as never }, 1],
  ])('%s does not stop the projection', async (_, row, ends) => {
    const { failures, ended } = await lists(trail, [endedRow(row, '2026-11-20 07:59:00')]).record();
    expect([failures, ended]).toEqual([[], ends]);
  });

  it('of an ended connection brings its last counters', async () => {
    await lists(trail, [endedRow(alice, '2026-11-20 07:59:00')]).record();
    await lists(trail, [endedRow(alice, '2026-11-20 07:59:00', { egressBytes: '999' })]).recordAfter(5);
    expect(await trail.connection(ID)).toMatchObject({ egressBytes: 999n });
  });

  it('that no longer says when a connection ended leaves the end that AWS gave', async () => {
    await lists(trail, [endedRow(alice, '2026-11-20 07:59:00')]).record();
    await lists(trail, [{ ...alice, egressBytes: '201', status: { code: 'terminated' } }]).recordAfter(5);
    expect(await trail.connection(ID)).toMatchObject({ endedAt: '2026-11-20T07:59:00Z', end: { kind: 'reported' } });
  });

  it('that comes again for an ended connection is not another end', async () => {
    await lists(trail, [endedRow(alice, '2026-11-20 07:59:00')]).record();
    trail.rows[ALPHA] = [endedRow(alice, '2026-11-20 07:59:00', { status: { code: 'terminated', message: 'x' } })];
    expect((await trail.recordAfter(5)).ended).toBe(0);
  });
});

describe('a row of endpoint 2 among those of endpoint 1', () => {
  const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:57:00', {
    clientVpnEndpointId: BETA,
    clientIp: '10.8.0.9',
  });
  const asked = useAskedTrail(trail);
  const found = async (question: string) => {
    const { connections, coverage } = (await asked.ask<ConnectionsAnswer>(`/connections?${question}`)).body;
    return [connections.map(({ connectionId, endpointId }) => `${connectionId} ${endpointId}`), coverage.complete];
  };

  it('is kept and counted where it was said, and its connection stays endpoint 2’s in every question and export', async () => {
    await lists(configured(trail, { ENDPOINTS: [ALPHA, BETA] }), { [ALPHA]: [alice, bob], [BETA]: [] }).record();
    const { endpoints } = await lists(trail, { [ALPHA]: [alice, bob], [BETA]: [bob] }).recordAfter(5);
    expect(endpoints.map(({ connections }) => connections)).toEqual([2, 1]);
    expect(await found('at=now')).toEqual([[`cvpn-connection-0b ${BETA}`, `${ID} ${ALPHA}`], true]);
    await lists(trail, { [ALPHA]: [alice], [BETA]: [bob] }).recordTimes(14);
    await lists(trail, { [ALPHA]: [alice], [BETA]: [endedRow(bob, '2026-11-20 09:16:00')] }).recordAfter(5);

    expect((await trail.manifests()).map(({ unparsed }) => unparsed?.count ?? 0).slice(0, 3)).toEqual([1, 1, 0]);
    expect(await found('ip=10.8.0.9&at=2026-11-20T08:03:00Z')).toEqual([[`cvpn-connection-0b ${BETA}`], true]);
    expect(await found('ip=10.8.0.9&at=2026-11-20T09:17:00Z')).toEqual([[], true]);
    expect(await found(`endpoint=${ALPHA}&at=2026-11-20T08:03:00Z`)).toEqual([[`${ID} ${ALPHA}`], true]);
    expect(await trail.connection('cvpn-connection-0b')).toMatchObject({
      endpointId: BETA,
      endedAt: '2026-11-20T09:16:00Z',
      firstSlot: '2026-11-20T08:05:00Z',
    });
    await expectSound(trail);
    expect((await (await TamperedTrail.of(trail)).faults()).faults).toEqual([]);
    trail.now = new Date('2026-11-21T00:10:00Z');
    await lists(trail, { [ALPHA]: [alice], [BETA]: [] }).record();
    await exportInto(trail, trail.archive);
    for (const endpointId of [ALPHA, BETA]) {
      const expected = await fileOf(await replayThrough(trail, '2026-11-20', endpointId));
      expect(filesIn(trail.archive, endpointId).get('2026-11-20')).toBe(expected);
    }
  });
});

describe('a row larger than an item', () => {
  const huge = { ...alice, commonName: randomBytes(450_000).toString('base64') };
  const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:57:00');
  const asked = useAskedTrail(trail);

  it('is recorded whole, in parts, named, and read by all that reads chunks', async () => {
    const { failures, endpoints } = await lists(configured(trail, { RETENTION: 30 }), [huge, bob]).record();
    expect(failures).toEqual([]);
    expect(endpoints.map((outcome) => recordingLine('', outcome).join(''))).toEqual([
      expect.stringMatching(
        /1 rows not understood.* {2}the row of cvpn-connection-0a has 600\d{3} bytes: kept in 3 parts/,
      ),
    ]);
    expect(await trail.storedRows()).toEqual([huge, bob]);
    expect(await trail.connection(ID)).toMatchObject({ status: 'active' });
    await lists(trail, [endedRow(huge, '2026-11-20 08:02:00'), bob]).recordAfter(5);
    await expectSound(trail);
    expect((await (await TamperedTrail.of(trail)).faults()).faults).toEqual([]);

    const { body } = await asked.ask<{ sightings: { row: unknown }[] }>(`/connections/${ID}/history`);
    expect(body.sightings.map(({ row }) => row)).toEqual([huge, endedRow(huge, '2026-11-20 08:02:00')]);
    const [first, second] = await trail.manifests();
    const chunk = await asked.fetch(`/snapshots/${ALPHA}/${first?.slot}/chunks/0`);
    const object = trail.archive.objects.get(chunkObject(ALPHA, first?.slot ?? '', first?.chunks[0]?.sha256 ?? ''));
    expect(Buffer.from(await chunk.arrayBuffer())).toEqual(Buffer.from(object ?? ''));
    const items = (await trail.scan(trail.options.SNAPSHOTS_TABLE)).filter(({ slot }) => slot === 'chunk');
    // What is the same in both, in the middle of the name, is one item, which is kept as long as the later one.
    expect(items).toHaveLength(6);
    expect(items.map(({ expiresAt }) => expiresAt)).not.toContain(undefined);
    expect(items.filter(({ expiresAt }) => expiresAt === second?.chunksExpireAt)).toHaveLength(4);
  });

  it('that lost a part, or has another part in its place, is a fault that names the part; the archive brings it back', async () => {
    await lists(trail, [huge, bob]).record();
    const [manifest] = await trail.manifests();
    const [first, second] = manifest?.chunks[0]?.parts ?? [];
    const TableName = trail.options.SNAPSHOTS_TABLE;
    const keyOf = (sha256 = '') => ({ endpointId: `${ALPHA}#${sha256}`, slot: 'chunk' });
    const findings = async () => {
      const { evidence, archive, now } = await TamperedTrail.of(trail);
      const found = collectFindings(() => undefined);
      await verifyTrail({ store: evidence, archive, now: () => now, findings: found }, { keys: [] });
      return found.faults.map(({ kind, place, field, message }) => ({ kind, place, field, message }));
    };
    await trail.tables.documents.send(new DeleteCommand({ TableName, Key: keyOf(second?.sha256) }));
    expect(await findings()).toEqual([
      {
        kind: 'chunk-removed',
        place: 'store',
        field: second?.sha256,
        message: `Chunk 0 of entry 0 (2026-11-20T08:00:00Z) has no part 2 of 3.`,
      },
    ]);
    const [other] = (await trail.scan(TableName)).filter(
      ({ endpointId }) => endpointId === keyOf(first?.sha256).endpointId,
    );
    await trail.tables.documents.send(new PutCommand({ TableName, Item: { ...other, ...keyOf(second?.sha256) } }));
    expect(await findings()).toMatchObject([
      {
        kind: 'chunk-changed',
        field: second?.sha256,
        message: expect.stringContaining('part 2 of 3 holds other bytes'),
      },
    ]);

    const copy = await RecordedTrail.start();
    try {
      const lost: string[] = [];
      const ports = { archive: trail.archive, log: copy.log, onEntry: () => undefined };
      await recoverLog({ ...ports, onLostChunk: (_, sha256) => lost.push(sha256) }, ALPHA, await trail.manifests());
      expect(lost).toEqual([]);
      expect(await copy.storedRows()).toEqual([huge, bob]);
    } finally {
      await copy.close();
    }
  });
});

describe('a chunk', () => {
  it('never expires before an older manifest says', async () => {
    trail.rows[ALPHA] = [endedRow(alice, '2026-11-20 07:59:00')];
    await configured(trail, { RETENTION: 365 }).record();
    await configured(trail, { RETENTION: 30 }).recordAfter(5);
    const [first] = await trail.manifests();
    const chunk = (await trail.scan(trail.options.SNAPSHOTS_TABLE)).find(({ slot }) => slot === 'chunk');
    expect(chunk?.expiresAt).toBeGreaterThanOrEqual(first?.chunksExpireAt ?? 0);
  });
});

describe('an endpoint that was deleted while it was not configured', () => {
  it('is closed as deleted once it is configured again, not passed over', async () => {
    await lists(configured(trail, { ENDPOINTS: [ALPHA, BETA] }), { [ALPHA]: [], [BETA]: [] }).record();
    await configured(trail, { ENDPOINTS: [ALPHA] }).recordAfter(5);
    trail.rows = { [ALPHA]: [] };
    const { endpoints, failures } = await configured(trail, { ENDPOINTS: [ALPHA, BETA] }).recordAfter(5);
    expect(failures).toEqual([]);
    expect(endpoints[1]).toMatchObject({ endpointId: BETA, outcome: 'closed' });
    expect((await trail.manifests(BETA)).at(-1)).toMatchObject({ closedBecause: 'endpoint-deleted' });
    expect((await trail.recordAfter(5)).endpoints.map(({ endpointId }) => endpointId)).toEqual([ALPHA]);
  });
});
