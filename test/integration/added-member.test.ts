import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Said } from '../support/command/asked-everything.ts';
import { ALPHA } from '../support/recording/recorded-trail.ts';
import { readTrail } from '../support/recording/trail-contents.ts';
import { BOB, recordIntoFolder } from '../support/tampering/tampered-folder.ts';

const SUPPORT = join(import.meta.dirname, '../support/command');

let data: string;
let items: Record<string, unknown>[];
let said: Said;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'added-'));
  await recordIntoFolder(data, { deviceType: 'laptop' });
  items = (await readTrail(data)).items.connections;
  const program = ['--import', join(SUPPORT, 'added-member.ts'), join(SUPPORT, 'asked-everything.ts')];
  const words = [data, BOB, ALPHA, '2026-11-20T08:10:30Z'];
  const { stdout } = await promisify(execFile)(process.execPath, [...program, ...words], {
    maxBuffer: 1e7,
    env: { ...process.env, NODE_COMPILE_CACHE: join(SUPPORT, '../../../node_modules/.cache/compiled') },
  });
  said = JSON.parse(stdout) as Said;
});
afterAll(() => rmSync(data, { recursive: true }));

const stored = (id: string) => items.find(({ connectionId }) => connectionId === id);

describe('a member that is one more line in the table', () => {
  it('was among what the version before does not know', () => {
    expect(stored(BOB)).toMatchObject({ other: '{"deviceType":"laptop"}' });
  });

  it('is on the stored item once the connections are made again, and no longer among what is not known', () => {
    expect(said.item).toMatchObject({ connectionId: BOB, status: 'terminated', deviceType: 'laptop' });
    expect(said.item).not.toHaveProperty('other');
  });

  it('is missed by "verify" until they are made again', () => {
    expect(said.before.code).toBe(3);
    const { faults } = JSON.parse(said.before.text) as { faults: { connectionId: string; field: string }[] };
    expect(faults.map(({ connectionId, field }) => [connectionId, field])).toEqual([
      ['cvpn-connection-0a', 'deviceType'],
      [BOB, 'deviceType'],
      [BOB, 'other'],
    ]);
    expect([said.rebuilt.code, said.after.code]).toEqual([0, 0]);
  });

  it("is in the API's answers, in the history and in the description", () => {
    const { answer, now, history, described } = said;
    for (const found of [answer.connection, now.connections[0], history.sightings.at(-1)?.row]) {
      expect(found).toHaveProperty('deviceType', 'laptop');
      expect(found).not.toHaveProperty('other');
    }
    expect(described.components.schemas.Connection.properties.deviceType).toEqual({ type: 'string' });
  });

  it("is in the command's list and in its CSV", () => {
    expect(said.lines.text).toMatch(/^device type +laptop$/m);
    const [header = [], row = []] = said.csv.text.split('\r\n').map((line) => line.split(','));
    expect(row[header.indexOf('device_type')]).toBe('laptop');
    expect(row[header.indexOf('other')]).toBe('');
  });

  it("is in the EC2-compatible answer, under AWS's name and once", () => {
    expect(said.ec2.match(/<deviceType>laptop<\/deviceType>/g)).toHaveLength(2);
    expect(said.ec2.match(/<item>/g)).toHaveLength(2);
  });

  it.each([
    ['csv', 'device_type'],
    ['ndjson', 'deviceType'],
    ['parquet', 'device_type'],
    ['ocsf', 'unmapped.deviceType'],
  ] as const)('is in an export as %s, which "verify" proves', (format, field) => {
    const { made, records, verified } = said.exports[format];
    expect([made.code, verified.code]).toEqual([0, 0]);
    expect(JSON.parse(verified.text)).toMatchObject({ verdict: 'proven', counts: { rows: 2, recomputed: 2 } });
    expect(records.length).toBe(format === 'ocsf' ? 2 : 1);
    for (const fields of records) expect(fields).toMatchObject({ [field]: 'laptop' });
    for (const fields of records) expect(Object.keys(fields).filter((name) => name.endsWith('other'))).toEqual([]);
  });
});
