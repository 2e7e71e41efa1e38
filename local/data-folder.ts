import { accessSync, chmodSync, constants, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toError } from '../lambda/trail/to-error.ts';

/** The data folder cannot be used. The message says why and what to do. */
class DataFolderUnusable extends Error {
  override readonly name = 'DataFolderUnusable';
}

/** The file of the embedded DynamoDB in a data folder. */
export function databaseFile(folder: string): string {
  return join(folder, 'dynamodb.sqlite');
}

/**
 * Prepares the data folder: it is created if missing, readable only by its owner (mode 700). A folder with other content
 * keeps its mode; new files in it are readable only by the owner (mode 600).
 *
 * @returns the folder's absolute path
 * @throws DataFolderUnusable
 */
export function openDataFolder(path: string): string {
  const folder = resolve(path);
  process.umask(0o077);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const entries = readdirSync(folder);
    if (entries.length === 0 || entries.includes('dynamodb.sqlite')) chmodSync(folder, 0o700);
  } catch (error) {
    const reason = toError(error).message;
    throw new DataFolderUnusable(
      `The data folder ${folder} cannot be written (${reason}). Name another one with --data DIR, or make it writable.`,
      { cause: error },
    );
  }
  return folder;
}
