import { type FileHandle, open } from 'node:fs/promises';
import { createNdjsonWriter } from '../../lambda/export/formats/line-writer.ts';
import { MOST_ROWS } from '../../lambda/query/parameters/definitions.ts';
import { connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { joinCoverage } from '../../words/coverage-words.ts';
import { ApiFailure } from '../api/api-failure.ts';
import type { Api } from '../api/client.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { Beginning } from './begin-export.ts';
import type { ExportPaths } from './export-paths.ts';
import { OWNER_ONLY } from './export-paths.ts';
import { type ExportState, saveState } from './export-state.ts';

/**
 * Requests the missing rows, page by page, into the spool. The state is updated after each page, so that an interrupted run
 * continues there.
 *
 * @throws errors of the query; ApiFailure if the spool does not match the state
 */
export async function collectRows(
  { api, paths }: Pick<Beginning, 'api' | 'paths'>,
  begun: ExportState,
  onRows: (rows: number) => void,
): Promise<ExportState> {
  let state = begun;
  const spool = await openSpool(paths, state);
  try {
    while (!state.hasAllRows) {
      const { cursor } = state;
      const page = await askPage(api, state, cursor);
      const bytes = await appendRows(spool, state.bytes, page.connections);
      const { cursor: _done, ...rest } = state;
      state = {
        ...rest,
        coverage: joinCoverage(state.coverage, page.coverage),
        ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
        hasAllRows: page.cursor === undefined,
        rows: state.rows + page.connections.length,
        bytes,
      };
      await saveState(paths.state, state);
      onRows(state.rows);
    }
  } finally {
    await spool.close();
  }
  return state;
}

async function askPage(api: Api, { question }: ExportState, cursor: string | undefined) {
  try {
    return await api.ask(['connections'], { ...question, limit: String(MOST_ROWS), cursor }, connectionsAnswer);
  } catch (error) {
    if (!(error instanceof WrongUsage)) throw error;
    throw new ApiFailure(
      `The API does not go on where the export was interrupted (${error.message}). Begin anew with --restart.`,
      { cause: error },
    );
  }
}

async function openSpool({ spool, state }: ExportPaths, { bytes }: ExportState): Promise<FileHandle> {
  const handle = await open(spool, bytes === 0 ? 'w' : 'r+', OWNER_ONLY).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notWhole(spool, state);
    throw error;
  });
  const { size } = await handle.stat();
  if (size < bytes) {
    await handle.close();
    throw notWhole(spool, state);
  }
  await handle.truncate(bytes);
  return handle;
}

function notWhole(spool: string, state: string): ApiFailure {
  return new ApiFailure(`${spool} is not what ${state} says. Begin anew with --restart.`);
}

/** Synced to disk before the state is updated. */
async function appendRows(
  spool: FileHandle,
  from: number,
  connections: Parameters<ReturnType<typeof createNdjsonWriter>['write']>[0],
): Promise<number> {
  let end = from;
  const writer = createNdjsonWriter(async (bytes) => {
    await writeAt(spool, bytes, end);
    end += bytes.length;
  });
  await writer.write(connections);
  await writer.end();
  await spool.datasync();
  return end;
}

async function writeAt(spool: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await spool.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
