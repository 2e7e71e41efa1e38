import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { raw } from 'jq-wasm';

/**
 * What `docs/verify-by-hand.sh` needs of two tools that a machine may lack, run as `node tools-stand-in.ts jq|openssl …`: jq is jq itself,
 * as WebAssembly, and OpenSSL is Node's own.
 */
const [tool = '', ...words] = process.argv.slice(2);
const given = (option: string): string => words[words.indexOf(option) + 1] ?? '';

async function jq(): Promise<void> {
  const flags = words.filter((word) => word.startsWith('-'));
  const [filter = '', file = 0] = words.filter((word) => !word.startsWith('-'));
  const out = await raw(readFileSync(file, 'utf8'), filter, flags);
  process.stdout.write(flags.includes('-j') || out === '' ? out : `${out}\n`);
}

function openssl(): void {
  if (words[0] === 'pkey') {
    process.stdout.write(createPublicKey(readFileSync(given('-in'))).export({ type: 'spki', format: 'der' }));
    return;
  }
  const [text, signature] = [readFileSync(given('-in')), readFileSync(given('-sigfile'))];
  if (!verify(null, text, readFileSync(given('-inkey'), 'utf8'), signature)) process.exitCode = 1;
}

if (tool === 'jq') await jq();
else openssl();
