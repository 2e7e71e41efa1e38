import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package: a checkout, or where npm has put it, which has this module in another depth. */
const PACKAGE = packageOf(import.meta.dirname);

function packageOf(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageOf(dirname(folder));
}

/** This program, for another process of it: `node PROGRAM WORDS…`. */
export const PROGRAM = join(PACKAGE, 'bin/cvpn-audit.cjs');

/** The script by which an auditor checks a pack without this product. */
export const SCRIPT = join(PACKAGE, 'docs/verify-by-hand.sh');
