import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../cli/program.ts';
import { checkpointObject, manifestObject } from '../../lambda/trail/archive.ts';
import { archiveFolder } from '../../local/open-archive.ts';
import type { TrailStore } from '../../local/trail-store.ts';
import { quietTerminal } from '../support/command/quiet-terminal.ts';
import { runHere } from '../support/command/run-here.ts';
import { ALPHA } from '../support/recording/recorded-trail.ts';
import { BOMB, NESTED, STRANGER } from '../support/tampering/tampered-case.ts';
import { overwrite, recordIntoFolder, withStore } from '../support/tampering/tampered-folder.ts';

const RECOVERED = ['--snapshots-table', 'SnapshotsRecovered', '--connections-table', 'Again'];

let folder: string;
let recorded: string;
let recordedItems: Item[];
/** A copy whose tables are gone. */
let data: string;

type Item = Record<string, unknown>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recover-'));
  recorded = join(folder, 'recorded');
  await recordIntoFolder(recorded);
  await withStore(recorded, async (store) => {
    recordedItems = await itemsOf(store, 'Snapshots');
    for (const TableName of ['Snapshots', 'Connections'])
      await store.client.send(new DeleteTableCommand({ TableName }));
  });
});
beforeEach(() => {
  data = mkdtempSync(join(folder, 'lost-'));
  cpSync(recorded, data, { recursive: true });
});
afterEach(() => rmSync(data, { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true }));

/** What of the evidence is archived: all but how AWS describes an endpoint, and what failed. */
async function itemsOf({ documents }: TrailStore, TableName: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { Items } of paginateScan({ client: documents }, { TableName })) items.push(...(Items ?? []));
  const key = ({ endpointId, slot }: Item) => `${String(endpointId)} ${String(slot)}`;
  const kept = items.filter(({ slot }) => !String(slot).endsWith('#description'));
  return kept.sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

const recoveredItems = () => withStore(data, (store) => itemsOf(store, 'SnapshotsRecovered'));

const run = (...words: string[]) => runHere([...words, '--data', data]);
const verdict = async () => JSON.parse((await run('verify', ...RECOVERED, '--output', 'json')).out) as unknown;
const archived = (object: string): string => join(archiveFolder(data), object);

const CHANGED = `archive manifest-changed: ${ALPHA}: The manifest of entry 1 is not the one that was signed`;

describe('recover', () => {
  it('makes the evidence again, item by item; the connections follow from it, and all of it is proven', async () => {
    const { code, out } = await run('recover');
    expect([code, out]).toEqual([0, expect.stringMatching(/^SnapshotsRecovered has 6 log entries of 2 endpoints /m)]);
    expect(await recoveredItems()).toEqual(recordedItems);
    expect((await run('rebuild', '--snapshots-table', 'SnapshotsRecovered', '--to', 'Again')).code).toBe(0);
    expect(await verdict()).toMatchObject({
      verdict: 'proven',
      faults: [],
      counts: { entries: 6, anchored: 6, compared: 2 },
    });
  });

  it('leaves a log that the recorder goes on with', async () => {
    await run('recover');
    await run('rebuild', '--snapshots-table', 'SnapshotsRecovered', '--to', 'Again');
    const tables = { SNAPSHOTS_TABLE: 'SnapshotsRecovered', CONNECTIONS_TABLE: 'Again' };
    await recordIntoFolder(data, {}, { slots: ['2026-11-20T08:15:00Z'], ...tables });
    expect(await verdict()).toMatchObject({ verdict: 'proven', counts: { entries: 8, anchored: 8 } });
  });

  it('goes on where it was interrupted', async () => {
    const progress = (done: number) => {
      if (done > 0.5) throw new Error('cut off');
    };
    expect(await runProgram(['recover', '--data', data], { ...quietTerminal({}), progress })).toBe(1);
    const half = (await recoveredItems()).filter(({ manifest }) => manifest !== undefined);
    expect(half).toHaveLength(2);
    expect((await run('recover')).code).toBe(0);
    expect(await recoveredItems()).toEqual(recordedItems);
  });

  it.each<[string, (path: string) => void, string]>([
    ['JSON nested without end', (path) => writeFileSync(path, NESTED), CHANGED],
    ['a number that is not whole', (path) => writeFileSync(path, '{"entry":0.5}'), CHANGED],
    ['a folder', (path) => mkdirSync(path), 'archive manifest-removed'],
    ['more bytes than any manifest', (path) => writeFileSync(path, ' '.repeat(409_601)), 'expected 409600 at most'],
  ])('with %s for a manifest takes what goes before, names the fault, and exits 3', async (_, put, fault) => {
    rmSync(archived(manifestObject(ALPHA, 1)));
    put(archived(manifestObject(ALPHA, 1)));
    const { code, out, err } = await run('recover');
    expect(code).toBe(3);
    expect(out).toContain('SnapshotsRecovered has 4 log entries of 2 endpoints');
    expect(err).toContain(fault);
  });

  it('takes nothing that no trusted key has signed', async () => {
    const stranger = Buffer.from(await STRANGER.publicKey()).toString('base64');
    const { code, out, err } = await run('recover', '--key', stranger);
    expect([code, out]).toEqual([3, expect.stringContaining('has 0 log entries')]);
    expect(err).toContain('checkpoint-of-another-key');
  });

  it('says how many chunks the archive no longer has, or cannot be unpacked', async () => {
    const folderOfDay = archived(`chunks/${ALPHA}/2026-11-20`);
    const [first = '', ...others] = readdirSync(folderOfDay).map((name) => join(folderOfDay, name));
    for (const file of [first, ...others]) rmSync(file);
    writeFileSync(first, BOMB);
    const { code, err } = await run('recover');
    expect([code, err]).toEqual([0, expect.stringMatching(/^3 chunks are not in the archive/m)]);
  });

  it('does not take up a table that has another log, or is in use, and says what to name', async () => {
    await run('recover');
    await withStore(data, async (store) => {
      const [one] = (await itemsOf(store, 'SnapshotsRecovered')).filter(
        ({ endpointId, slot }) => endpointId === '#endpoints' && slot === ALPHA,
      );
      await overwrite(store, 'SnapshotsRecovered' as never, { ...one, entry: 1 });
    });
    const again = await run('recover');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('expected a new table') });
    const used = await run('recover', '--to', 'Connections');
    expect(used).toMatchObject({ code: 2, err: expect.stringContaining('names the table Connections') });
  });

  it('says where there is no archive', async () => {
    rmSync(archived('manifests'), { recursive: true });
    const { code, err } = await run('recover');
    expect([code, err]).toEqual([1, expect.stringMatching(/There is no archived log in .*--archive/)]);
    rmSync(archived(checkpointObject(ALPHA, 1)));
  });
});
