import { beforeEach, describe, expect, it } from 'vitest';
import { type ProjectorPorts, projectLog } from '../../lambda/recorder/project.ts';
import { writeFolded } from '../../lambda/recorder/write-connection.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import type { Elements } from '../../lambda/trail/element.ts';
import type { Watermark } from '../../lambda/trail/head.ts';
import type { Projection, SnapshotLog } from '../../lambda/trail/ports.ts';
import { connectionIdOf } from '../../lambda/trail/row.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { ALPHA, activeRow } from '../support/recording/recorded-trail.ts';

const SLOT = '2026-11-20T08:00:00Z';
const NOW = new Date(SLOT);
const times = { slot: SLOT, s: SLOT, f: SLOT, epsilonSeconds: 120 };
const manifest = { kind: 'snapshot', endpointId: ALPHA, entry: 0, ...times } as Manifest;
const idOf = (index: number) => `cvpn-connection-${String(index).padStart(4, '0')}`;

/** A projection in memory that keeps what was asked of it. */
class Memory implements Projection {
  connections = new Map<string, Connection>();
  marks: Watermark[] = [];
  asked: string[] = [];
  /** The ids that were written while the saved watermark said that none is odd. */
  plain: string[] = [];
  /** The networks that were stored when each id was written. */
  networks = new Map<string, Watermark['networks']>();
  /** Refuses so many writes, each after another projector's write of the entry. */
  overtaken: Connection[] = [];

  async readWatermark(): Promise<Watermark | undefined> {
    return this.marks.at(-1);
  }
  async saveWatermark(mark: Watermark, read?: Watermark['networks']): Promise<boolean> {
    const stored = this.marks.at(-1);
    if (stored && mark.noneOdd && !stored.noneOdd) return false;
    if (stored && mark.networks && String(stored.networks) !== String(read)) return false;
    this.marks.push(mark);
    return true;
  }
  async readConnections(ids: readonly string[]): Promise<Map<string, Connection>> {
    this.asked.push(...ids);
    return new Map([...this.connections].filter(([id]) => ids.includes(id)));
  }
  async writeConnection(connection: Connection, read: number | undefined): Promise<boolean> {
    if (this.marks.at(-1)?.noneOdd) this.plain.push(connection.connectionId);
    this.networks.set(connection.connectionId, this.marks.at(-1)?.networks);
    const other = this.overtaken.shift();
    if (other) this.connections.set(other.connectionId, other);
    if (this.connections.get(connection.connectionId)?.lastEntry !== read) return false;
    this.connections.set(connection.connectionId, connection);
    return true;
  }
}

let memory: Memory;
beforeEach(() => {
  memory = new Memory();
});

const NEXT = '2026-11-20T08:05:00Z';
/** A watermark of a whole entry. */
const whole = (entry: number, slot: string): Watermark => ({
  endpointId: ALPHA,
  entry,
  slot,
  s: slot,
  f: slot,
  unlisted: [],
  noneOdd: true,
  networks: ['172.31.0.0/16'],
});
const rowAt = (index: number, clientIp: string) => ({ ...activeRow(idOf(index), '2026-11-20 07:55:00'), clientIp });

/** Projects one more snapshot, of these rows. */
function projectNext(rows: readonly Elements[], entry = 1) {
  const next = { ...manifest, entry, slot: NEXT, s: NEXT, f: NEXT };
  const log = { readManifestsAfter: () => [next] } as unknown as SnapshotLog;
  const lines = rows.map((row) => ({ id: connectionIdOf(row), line: JSON.stringify(row) }));
  return projectLog({ log, projection: memory, now: () => NOW, atHand: [{ manifest: next, rows: [lines] }] }, ALPHA);
}

/** Projects one snapshot of so many connections. */
function project(count: number, more: Partial<ProjectorPorts> = {}, ahead: readonly string[] = []) {
  const rows = Array.from({ length: count }, (_, index) => {
    const id = idOf(index);
    const established = ahead.includes(id) ? '2027-01-01 00:00:00' : '2026-11-20 07:55:00';
    return { id, line: JSON.stringify(activeRow(id, established)) };
  });
  const log = { readManifestsAfter: () => [manifest] } as unknown as SnapshotLog;
  return projectLog({ log, projection: memory, now: () => NOW, atHand: [{ manifest, rows: [rows] }], ...more }, ALPHA);
}

describe('a projection', () => {
  it('saves how far it is after every 2,000 connections, and the whole entry at the end', async () => {
    expect(await project(2_150)).toMatchObject({ opened: 2_150 });
    expect(memory.marks).toEqual([{ ...whole(-1, ''), partialAfter: idOf(1_999) }, whole(0, SLOT)]);
  });

  it('no longer says that no connection is odd before it writes the first, and goes on behind the last one', async () => {
    await project(2_150, {}, [idOf(2_040), idOf(2_050), idOf(2_100)]);
    expect(memory.marks).toEqual([
      expect.objectContaining({ partialAfter: idOf(1_999), noneOdd: true }),
      { ...whole(-1, ''), noneOdd: undefined, partialAfter: idOf(1_999) },
      { ...whole(0, SLOT), noneOdd: undefined },
    ]);
    const afterFirstMark = Array.from({ length: 40 }, (_, index) => idOf(2_000 + index));
    expect(memory.plain.filter((id) => id < idOf(2_100))).toEqual(expect.arrayContaining(afterFirstMark));
    expect(memory.plain).not.toContain(idOf(2_040));
    expect(memory.connections.size).toBe(2_150);
  });

  it('gets to its end where another projector meets the first odd connection meanwhile', async () => {
    const other = { ...whole(-1, ''), noneOdd: undefined, partialAfter: '' };
    memory.readConnections = async () => {
      memory.marks.push(other);
      return new Map();
    };
    await project(10);
    expect(memory.marks).toEqual([other, { ...whole(0, SLOT), noneOdd: undefined }]);
  });

  it('names the networks of addresses before it writes the first connection with one, and saves nothing else for it', async () => {
    await project(1);
    memory.marks.push({ ...whole(0, SLOT), networks: ['10.8.0.0/16'] });
    await projectNext([rowAt(1, '10.8.0.1'), rowAt(2, '10.8.0.2')]);
    expect(memory.marks.slice(2)).toEqual([{ ...whole(1, NEXT), networks: ['10.8.0.0/16'] }]);
    await projectNext([rowAt(3, '10.9.0.1'), rowAt(4, 'fd00:1::7'), rowAt(5, '10.8.0.3')], 2);
    const networks = ['10.8.0.0/16', '10.9.0.0/16', 'fd00:1::/32'];
    expect(memory.marks.slice(3)).toEqual([
      { ...whole(1, NEXT), networks, partialAfter: '' },
      { ...whole(2, NEXT), networks },
    ]);
    expect([3, 4, 5].map((index) => memory.networks.get(idOf(index)))).toEqual([networks, networks, networks]);
  });

  it('loses no network that another projector names meanwhile, and takes none as known where one of before has projected', async () => {
    await project(1);
    const readWatermark = memory.readWatermark.bind(memory);
    const meanwhile = (mark: Watermark) => {
      memory.readWatermark = async () => {
        const before = await readWatermark();
        memory.readWatermark = readWatermark;
        memory.marks.push(mark);
        return before;
      };
    };
    meanwhile({ ...whole(0, SLOT), networks: ['10.7.0.0/16'] });
    await projectNext([rowAt(1, '10.9.0.1')]);
    expect(memory.marks.at(-1)).toEqual({
      ...whole(1, NEXT),
      networks: ['10.7.0.0/16', '10.9.0.0/16', '172.31.0.0/16'],
    });
    const { networks: _, ...ofBefore } = whole(1, NEXT);
    meanwhile(ofBefore);
    await projectNext([rowAt(2, '10.6.0.1')], 2);
    expect(memory.marks.at(-1)).toEqual({ ...whole(2, NEXT), networks: undefined });
  });

  it('begins no batch after its deadline, and goes on behind the last one', async () => {
    let asked = 0;
    // The clock is asked once for the rows, and then before each batch.
    const now = () => new Date(NOW.getTime() + (++asked > 2 ? 1000 : 0));
    await expect(project(250, { now, deadline: new Date(NOW.getTime() + 1000) })).rejects.toThrow('the deadline came');
    expect(memory.marks).toMatchObject([{ entry: -1, partialAfter: idOf(99) }]);
    memory.asked = [];
    await project(250);
    expect(memory.asked).toEqual(Array.from({ length: 150 }, (_, index) => idOf(index + 100)));
    expect(memory.connections.size).toBe(250);
  });
});

describe('the write of an entry into a connection', () => {
  const known = (lastEntry: number, more: Partial<Connection> = {}) =>
    ({ connectionId: idOf(0), endpointId: ALPHA, firstSlot: SLOT, lastEntry, ...more }) as Connection;
  const entry = { ...manifest, entry: 3, slot: '2026-11-20T08:15:00Z' };
  const fold = (connection: Connection | undefined) =>
    known(3, { contradictions: (connection?.contradictions ?? 0) + 1 });
  const write = (read: Connection | undefined) => writeFolded({ projection: memory }, idOf(0), read, entry, fold);

  it('is not done again where the entry is in there, or a later one, and counts the same', async () => {
    memory.connections.set(idOf(0), known(2));
    const first = await write(known(2));
    expect(first).toEqual({ opened: 0, ended: 0, anomalies: 1 });
    expect(await write(memory.connections.get(idOf(0)))).toEqual(first);
    expect(memory.connections.get(idOf(0))).toMatchObject({ contradictions: 1 });
    expect(await write(known(4))).toEqual({ opened: 0, ended: 0, anomalies: 0 });
  });

  it('is not done to a connection of another endpoint’s log', async () => {
    const other = known(2, { endpointId: 'cvpn-endpoint-other' });
    memory.connections.set(idOf(0), other);
    expect(await write(other)).toEqual({ opened: 0, ended: 0, anomalies: 0 });
    expect(memory.connections.get(idOf(0))).toBe(other);
  });

  it('is done over what another projector has written meanwhile, and given up where that never ends', async () => {
    memory.connections.set(idOf(0), known(0));
    memory.overtaken = [known(1), known(2, { contradictions: 5 })];
    await write(known(0));
    expect(memory.connections.get(idOf(0))).toMatchObject({ lastEntry: 3, contradictions: 6 });
    memory.connections.set(idOf(0), known(-9));
    memory.overtaken = [-8, -7, -6, -5, -4].map((lastEntry) => known(lastEntry));
    await expect(write(known(-9))).rejects.toThrow('was written by others 5 times');
  });

  const between = [SLOT, SLOT] as const;
  it.each<[more: Partial<Connection>, counted: readonly [opened: number, ended: number, anomalies: number]]>([
    [{ firstSlot: entry.slot }, [1, 0, 0]],
    [{ end: { kind: 'reported' } }, [0, 1, 0]],
    [{ end: { kind: 'inferred', between } }, [0, 1, 1]],
    [{ unlistedSince: SLOT }, [0, 0, 1]],
  ])(
    'counts of %j what was opened, what ended, and what is an anomaly: %j',
    async (more, [opened, ended, anomalies]) => {
      const written = writeFolded({ projection: memory }, idOf(0), undefined, entry, () => known(3, more));
      expect(await written).toEqual({ opened, ended, anomalies });
    },
  );
});
