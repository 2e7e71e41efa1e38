import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { FolderArchive } from '../../local/folder-archive.ts';

let folder: string;
let archive: FolderArchive;
beforeEach(() => {
  folder = mkdtempSync(join(inject('assemblies'), 'folder-archive-'));
  archive = new FolderArchive(join(folder, 'archive'));
});

const KEY = 'chunks/cvpn-endpoint-0a/2026-11-22/ab.ndjson.gz';
const textOf = async (key: string) => (await archive.get(key))?.toString();

describe('an object of the folder', () => {
  it('is a file of its name that its owner alone may read, and nobody writes by a slip', async () => {
    expect(await archive.putOnce(KEY, Buffer.from([0, 255, 10]))).toBe(true);
    expect(await archive.get(KEY)).toEqual(Buffer.from([0, 255, 10]));
    const modes = ['archive', 'archive/chunks', `archive/${KEY}`].map(
      (path) => statSync(join(folder, path)).mode & 0o777,
    );
    expect(modes.map((mode) => mode.toString(8))).toEqual(['700', '700', '400']);
  });

  it('stays what it was when other bytes come under its name', async () => {
    await archive.putOnce(KEY, Buffer.from('first'));
    expect(await archive.putOnce(KEY, Buffer.from('second'))).toBe(false);
    expect(await archive.putOnce(KEY, Buffer.from('first'))).toBe(false);
    expect(await textOf(KEY)).toBe('first');
  });

  it('is one writer’s where several come at once, and whole', async () => {
    const archives = Array.from({ length: 8 }, () => new FolderArchive(join(folder, 'archive')));
    const stored = await Promise.all(archives.map((one, index) => one.putOnce(KEY, Buffer.alloc(100_000, index))));
    expect(stored.filter(Boolean)).toHaveLength(1);
    expect(await archive.get(KEY)).toEqual(Buffer.alloc(100_000, stored.indexOf(true)));
  });

  it('leaves nothing else behind, whether it was stored or was there', async () => {
    await archive.putOnce(KEY, Buffer.from('first'));
    await archive.putOnce(KEY, Buffer.from('second'));
    expect(readdirSync(join(folder, 'archive/chunks/cvpn-endpoint-0a/2026-11-22'))).toEqual(['ab.ndjson.gz']);
  });

  it('is absent where there is none, a name’s file or folder in its way or not', async () => {
    expect(await archive.get(KEY)).toBeUndefined();
    await archive.putOnce('keys/ab.pem', Buffer.from('key'));
    expect(await archive.get('keys/ab.pem/more')).toBeUndefined();
    expect(await archive.get('keys/cd.pem')).toBeUndefined();
  });
});

describe('a folder that cannot be written', () => {
  it('is a failure, never an object that is taken for stored', async () => {
    writeFileSync(join(folder, 'archive'), 'a file where the folder should be');
    await expect(archive.putOnce(KEY, Buffer.from('bytes'))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});

describe('the list of a folder', () => {
  const checkpoints = [
    'a/0000000001',
    'a/0000000002',
    'a/0000000010',
    ...['a-b', 'a.b', 'b'].map((log) => `${log}/0000000001`),
  ];
  const KEYS = [...checkpoints.map((name) => `checkpoints/${name}`), 'keys/00.pem', 'manifests/a/0000000000.json'];

  it('has the names below a prefix in the order of their bytes, as a bucket’s list has', async () => {
    for (const key of KEYS.toReversed()) await archive.putOnce(key, Buffer.from(key));
    const ordered = KEYS.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    expect(await Array.fromAsync(archive.list(''))).toEqual(ordered);
    expect(await Array.fromAsync(archive.list('checkpoints/a/'))).toEqual(KEYS.slice(0, 3));
    expect(await Array.fromAsync(archive.list('checkpoints/a'))).toEqual(ordered.slice(0, 5));
    expect(await Array.fromAsync(archive.list('checkpoints/a/000000001'))).toEqual(['checkpoints/a/0000000010']);
    expect(await Array.fromAsync(archive.list('gaps/'))).toEqual([]);
  });

  it('leaves out what a crash left half written', async () => {
    await archive.putOnce('keys/00.pem', Buffer.from('key'));
    mkdirSync(join(folder, 'archive/keys/folder'));
    writeFileSync(join(folder, 'archive/keys/.6f1c'), 'half of a k');
    expect(await Array.fromAsync(archive.list('keys/'))).toEqual(['keys/00.pem']);
  });

  it('is a failure where a folder cannot be read: nothing is not what is there', async () => {
    await archive.putOnce('keys/00.pem', Buffer.from('key'));
    rmSync(join(folder, 'archive/keys'), { recursive: true });
    writeFileSync(join(folder, 'archive/keys'), '');
    chmodSync(join(folder, 'archive/keys'), 0o400);
    await expect(Array.fromAsync(archive.list('keys/'))).rejects.toThrow('ENOTDIR');
  });
});
