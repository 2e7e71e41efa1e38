import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

interface EngineSearch {
  /** Like the environment variable CVPN_AUDIT_ENGINE: a program that is used instead of the installed one. */
  readonly program?: string | undefined;
  /** Like `process.platform`. */
  readonly platform: string;
  /** Like `process.arch`. */
  readonly arch: string;
  /** Like the environment variable PATH. */
  readonly path: string;
}

/** There is no embedded DynamoDB engine on this machine. The message says what to do. */
class EngineMissing extends Error {
  override readonly name = 'EngineMissing';

  constructor(search: EngineSearch) {
    const { platform, arch } = search;
    super(
      `No embedded DynamoDB engine for ${platform} ${arch}: found neither the package @dynoxide/${platform}-${arch} nor a "dynoxide" on the PATH. ` +
        'On Linux x64 npm installs the package, unless it omits optional ones. Elsewhere there are two ways: put a "dynoxide" on the PATH, from ' +
        'https://github.com/nubo-db/dynoxide/releases or by "cargo install dynoxide-rs"; or set AWS_ENDPOINT_URL_DYNAMODB to the address of any ' +
        'DynamoDB, for example of DynamoDB Local.',
    );
  }
}

const here: EngineSearch = {
  program: process.env.CVPN_AUDIT_ENGINE,
  platform: process.platform,
  arch: process.arch,
  path: process.env.PATH ?? '',
};

/**
 * The path of the engine's program: the named one, the one that `npm ci` installed for this platform, or a `dynoxide` on the
 * PATH.
 *
 * @throws EngineMissing if there is none.
 */
export function findEngine(search: EngineSearch = here): string {
  if (search.program) return search.program;
  const candidates = [
    installed(search),
    ...search.path
      .split(delimiter)
      .filter(Boolean)
      .map((folder) => join(folder, 'dynoxide')),
  ];
  const found = candidates.find((candidate) => candidate !== undefined && isExecutable(candidate));
  if (found === undefined) throw new EngineMissing(search);
  return found;
}

function installed({ platform, arch }: EngineSearch): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`@dynoxide/${platform}-${arch}/package.json`);
    return join(dirname(manifest), 'dynoxide');
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
