import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { NumberValue } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { readNumber } from '../../lambda/dynamodb/documents.ts';
import { AnswerReader } from '../../lambda/recorder/answer-reader.ts';
import { checkRegularFile, readRegularFile } from '../../lambda/regular-file.ts';
import { LARGEST_OBJECT_BYTES, ObjectUnreadable } from '../../lambda/trail/archive.ts';
import { MOST_LEVELS, parseJson } from '../../lambda/trail/bounded-json.ts';
import { canonicalJson } from '../../lambda/trail/canonical-json.ts';
import { hashLines, LARGEST_UNPACKED_BYTES, unpackChunk } from '../../lambda/trail/chunks.ts';
import { isInstant, judge, Unreadable } from '../../lambda/trail/judged.ts';
import { FolderArchive } from '../../local/folder-archive.ts';
import { collectFindings } from '../../verification/findings.ts';
import { judgedArchive } from '../../verification/judged-archive.ts';

describe('a number of an item', () => {
  it.each([
    ['0', 0],
    ['-7', -7],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['1E+30', 10n ** 30n],
    ['1.5e1', 15],
    ['12.50', undefined],
    ['0.5', undefined],
    ['1E-130', undefined],
    ['5.00000000000000000001', undefined],
  ])('%s is read to the last digit, or is none', (text, number) => {
    expect(readNumber(text)).toEqual(number ?? NumberValue.from(text));
  });
});

describe('JSON', () => {
  const nested = (levels: number) => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;

  it('is read up to the limit of its nesting, and not beyond', () => {
    expect(parseJson(nested(MOST_LEVELS))).toBeDefined();
    expect(() => parseJson(nested(MOST_LEVELS + 2))).toThrow(`nested deeper than ${MOST_LEVELS} levels`);
    expect(() => parseJson(nested(200_000))).toThrow(SyntaxError);
  });

  it('may have any number of brackets and quotes in its texts', () => {
    const text = JSON.stringify(['[{"\\'.repeat(MOST_LEVELS)]);
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('is as deep as its brackets outside of its texts, whatever is escaped there', () => {
    const texts = fc.array(fc.constantFrom('[', '}', '"', '\\', 'a'), { maxLength: 6 }).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.array(texts), (all) => {
        const nest = (levels: number) => `${'['.repeat(levels)}${JSON.stringify(all)}${']'.repeat(levels)}`;
        expect(parseJson(nest(MOST_LEVELS - 1))).toBeDefined();
        expect(() => parseJson(nest(MOST_LEVELS))).toThrow(`nested deeper than ${MOST_LEVELS} levels`);
      }),
    );
  });

  it('is canonical only without null and within the same limit', () => {
    expect(() => canonicalJson(JSON.parse(nested(200_000)))).toThrow(RangeError);
    expect(() => canonicalJson(JSON.parse('{"a":null}'))).toThrow('no null');
  });

  it('is recorded of no answer that is nested deeper', () => {
    const reader = new AnswerReader('connections');
    expect(() => reader.write(Buffer.from('<a>'.repeat(MOST_LEVELS + 1)))).toThrow('more than 1000 levels');
  });
});

describe('a chunk', () => {
  it('is unpacked up to its limit, and not beyond', async () => {
    const bomb = gzipSync(Buffer.alloc(LARGEST_UNPACKED_BYTES + 1));
    await expect(unpackChunk({ sha256: 'a'.repeat(64) }, bomb)).rejects.toThrow('cannot be unpacked');
    const largest = gzipSync(Buffer.alloc(LARGEST_UNPACKED_BYTES));
    await expect(unpackChunk({ sha256: 'a'.repeat(64) }, largest)).rejects.toThrow('holds other bytes');
  });

  it('has so many lines at most', async () => {
    const chunkOf = (lines: string) => [{ sha256: hashLines(lines.split('\n')) }, gzipSync(`${lines}\n`)] as const;
    expect(await unpackChunk(...chunkOf('{}\n'.repeat(5_999)))).toHaveLength(6_000);
    await expect(unpackChunk(...chunkOf('{}\n'.repeat(6_000)))).rejects.toThrow('has more than 6000 lines');
  });
});

describe('what is judged', () => {
  it.each(['2026-11-20T22:00:00Z', '0000-01-01T00:00:00Z', '2024-02-29T00:00:00Z'])('%s is an instant', (text) => {
    expect(isInstant(text)).toBe(true);
  });
  it.each(['x', '2026-02-30T00:00:00Z', '2026-11-20T22:00:00.0Z', '2026-13-01T00:00:00Z', 5, undefined])(
    '%s is none',
    (value) => {
      expect(isInstant(value)).toBe(false);
    },
  );
  it('is named with what was given', () => {
    const item = { at: NumberValue.from('0.5') };
    expect(() => judge('The item x', item, { at: isInstant })).toThrow(
      new Unreadable('The item x is not as it was recorded: at is a number that is not whole, 0.5.', 'at'),
    );
  });
});

/** What may stand in the place of a file, and what is said of it. */
const NO_FILES: Readonly<Record<string, readonly [make: (path: string) => void, RegExp]>> = {
  'a folder': [(path) => mkdirSync(path), /is a folder/],
  'a FIFO': [(path) => execFileSync('mkfifo', [path]), /is a FIFO/],
  'a link to an endless device': [(path) => symlinkSync('/dev/zero', path), /is a device/],
  'a link to itself': [(path) => symlinkSync(path, path), /leads to itself/],
};

describe('in the place of a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(inject('assemblies'), 'no-files-'));
    for (const [name, [make]] of Object.entries(NO_FILES)) make(join(folder, name));
  });

  it.each(Object.entries(NO_FILES))('%s is refused, and never waited for', async (name, [, why]) => {
    expect(() => readRegularFile(join(folder, name), 100)).toThrow(why);
    expect(() => checkRegularFile(join(folder, name))).toThrow(why);
    const refused = new FolderArchive(folder).get(name);
    await expect(refused).rejects.toThrow(why);
    await expect(refused).rejects.toBeInstanceOf(ObjectUnreadable);
  });

  it('a file larger than any object is refused before it is read', async () => {
    writeFileSync(join(folder, 'large'), '');
    truncateSync(join(folder, 'large'), LARGEST_OBJECT_BYTES + 1);
    await expect(new FolderArchive(folder).get('large')).rejects.toThrow(/expected 16777216 at most/);
    expect(await new FolderArchive(folder).get('large', LARGEST_OBJECT_BYTES + 1)).toHaveLength(
      LARGEST_OBJECT_BYTES + 1,
    );
  });

  it.each([
    ['keys/0123456789abcdef.pem', 65_536],
    ['manifests/cvpn-endpoint-0a/0000000000.json', 409_600],
    ['checkpoints/cvpn-endpoint-0a/0000000001', 65_536],
    ['gaps/cvpn-endpoint-0a/2026-11-20T22:00:00Z.json', 65_536],
    ['chunks/cvpn-endpoint-0a/2026-11-20/a.ndjson.gz', 5_242_880],
  ])('%s has at most %i bytes', async (key, most) => {
    mkdirSync(join(folder, dirname(key)), { recursive: true });
    writeFileSync(join(folder, key), '');
    truncateSync(join(folder, key), most);
    expect(await new FolderArchive(folder).get(key)).toHaveLength(most);
    truncateSync(join(folder, key), most + 1);
    await expect(new FolderArchive(folder).get(key)).rejects.toThrow(`expected ${most} at most`);
  });

  it('nothing but a folder is a folder of the archive, and nothing is not what is there', async () => {
    mkdirSync(join(folder, 'no-folder'));
    symlinkSync(join(folder, 'no-folder/keys'), join(folder, 'no-folder/keys'));
    writeFileSync(join(folder, 'no-folder/gaps'), '');
    const archive = new FolderArchive(join(folder, 'no-folder'));
    for (const prefix of ['keys/', 'gaps/']) {
      await expect(Array.fromAsync(archive.list(prefix))).rejects.toThrow(ObjectUnreadable);
    }
    const findings = collectFindings(() => undefined);
    expect(await Array.fromAsync(judgedArchive(archive, 'archive', findings).list('keys/'))).toEqual([]);
    expect(findings.faults).toMatchObject([{ kind: 'object-unreadable', place: 'archive', field: 'keys/' }]);
  });

  it('a name that leads out of the archive is no object', async () => {
    writeFileSync(join(folder, 'outside'), 'x');
    mkdirSync(join(folder, 'archive'));
    const archive = new FolderArchive(join(folder, 'archive'));
    expect(await archive.get('../outside')).toBeUndefined();
    expect(await Array.fromAsync(archive.list('checkpoints/../../'))).toEqual([]);
  });
});
