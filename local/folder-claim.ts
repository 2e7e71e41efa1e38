import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { answers } from './embedded-dynamodb.ts';
import { lockFolder, SEES_ALL_LOCKS } from './folder-lock.ts';

const holderShape = z.object({
  /** The process that holds the folder. */
  pid: z.number(),
  /** What it is: `serve`, `record` or `rebuild`. */
  command: z.string(),
  /** The address of its DynamoDB; absent while it starts, or if the data are not in the folder. */
  endpoint: z.string().optional(),
});

/** Who holds a data folder: the content of `dynamodb.json` there. */
type FolderHolder = z.output<typeof holderShape>;

/** Another process works in the data folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
  readonly holder: FolderHolder | undefined;

  constructor(folder: string, holder: FolderHolder | undefined) {
    const who = holder === undefined ? 'another process' : `"cvpn-audit ${holder.command}" (pid ${holder.pid})`;
    super(`The data folder ${folder} is in use by ${who}. Stop that first, or name another folder with --data DIR.`);
    this.holder = holder;
  }
}

/**
 * Claims a data folder for this process. The claim ends with the process, even after a crash.
 *
 * @throws FolderInUse
 */
export async function claimFolder(folder: string, command: string) {
  const release = (await isHeldUnseen(folder)) ? undefined : await lockFolder(folder);
  if (release === undefined) throw new FolderInUse(folder, readHolder(folder));
  const file = join(folder, 'dynamodb.json');
  const announce = (holder: FolderHolder) => writeFileSync(file, `${JSON.stringify(holder)}\n`);
  announce({ pid: process.pid, command });
  return {
    /** Tells other processes where the DynamoDB of this folder answers. */
    announce: (endpoint: string) => announce({ pid: process.pid, command, endpoint }),
    release: () => {
      rmSync(file, { force: true });
      release();
    },
  };
}

/** Whether a process of a newer Node holds it, whose lock this Node cannot see. */
async function isHeldUnseen(folder: string): Promise<boolean> {
  const holder = SEES_ALL_LOCKS ? undefined : readHolder(folder);
  return holder !== undefined && isAlive(holder.pid) && (holder.endpoint === undefined || answers(holder.endpoint));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readHolder(folder: string): FolderHolder | undefined {
  try {
    return holderShape.parse(JSON.parse(readFileSync(join(folder, 'dynamodb.json'), 'utf8')));
  } catch {
    return undefined;
  }
}
