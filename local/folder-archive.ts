import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NoRegularFile, readRegularFile } from '../lambda/regular-file.ts';
import { type Archive, mostBytesOf, ObjectUnreadable } from '../lambda/trail/archive.ts';

/** Protects archived files from accidental overwriting. */
const FILE_MODE = 0o400;
const FOLDER_MODE = 0o700;

/** The archive in a folder: one file per object, with the same name. */
export class FolderArchive implements Archive {
  readonly #folder: string;

  /** @param folder created with the first object */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async putOnce(key: string, bytes: Uint8Array): Promise<boolean> {
    const file = join(this.#folder, key);
    mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE });
    // Written completely under another name first: a crash leaves no partial object.
    const written = join(dirname(file), `.${randomUUID()}`);
    try {
      writeFileSync(written, bytes, { mode: FILE_MODE });
      linkSync(written, file);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(written, { force: true });
    }
  }

  async get(key: string, most = mostBytesOf(key)): Promise<Uint8Array | undefined> {
    if (leadsOut(key)) return undefined;
    try {
      return readRegularFile(join(this.#folder, key), most);
    } catch (error) {
      if (error instanceof NoRegularFile) throw new ObjectUnreadable(error.message, { cause: error });
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    if (leadsOut(prefix)) return;
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for (const key of this.#keysBelow(folder)) if (key.startsWith(prefix)) yield key;
  }

  *#keysBelow(folder: string): Generator<string> {
    const entries = entriesOf(join(this.#folder, folder)).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name,
    );
    for (const name of entries.sort()) {
      if (name.startsWith('.')) continue;
      if (name.endsWith('/')) yield* this.#keysBelow(`${folder}${name}`);
      else yield `${folder}${name}`;
    }
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    if (codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ELOOP') {
      throw new ObjectUnreadable(`${folder} is no folder (${codeOf(error)})`, { cause: error });
    }
    throw error;
  }
}

/** A made-up endpoint id may hold a path. */
const leadsOut = (key: string): boolean => key.split('/').includes('..');

const isAbsent = (error: unknown): boolean => codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
