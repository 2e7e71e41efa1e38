import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runScript } from '../support/command/cvpn-audit.ts';
import { ExportedTrail, liveRows } from '../support/exports/exported-trail.ts';
import { ALPHA, activeRow, BETA, RecordedTrail } from '../support/recording/recorded-trail.ts';

/** Of 512 bytes each, as POSIX has it: less than any of the answers takes. */
const FULL_AT = 40;
const CONNECTIONS = 200;

let exported: ExportedTrail;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-written-'));
  const trail = await RecordedTrail.start();
  trail.rows = { [ALPHA]: liveRows(CONNECTIONS, (id) => activeRow(id, '2026-11-20 07:30:00')), [BETA]: [] };
  await trail.recordTimes(3);
  exported = await ExportedTrail.over(trail);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await exported.close();
});

/** A script that asks the trail. */
const run = (script: string) => runScript(`cd '${folder}'\n${script}`, { CVPN_AUDIT_API: exported.server.url });

describe('an answer that a disk has no room for', () => {
  it.concurrent.each(['csv', 'table'])('is a failure with a message, in %s', async (format) => {
    const { code, err } = await run(`ulimit -f ${FULL_AT}; audit connections --all --output ${format} > ${format}`);
    expect([code, statSync(join(folder, format)).size]).toEqual([1, FULL_AT * 512]);
    expect(err).toContain(
      'cvpn-audit: not everything could be written to standard output (EFBIG: file too large, write)',
    );
    expect(err).not.toContain('complete');
  });

  it.concurrent.each(['coverage', 'completion bash', 'export --help'])(
    'is a failure with a message: %s',
    async (words) => {
      const { code, err } = await run(`audit ${words} > /dev/full`);
      expect([code, err]).toEqual([
        1,
        'cvpn-audit: not everything could be written to standard output (ENOSPC: no space left on device, write): what is there is not whole. Make room, or write to another place, and ask again.\n',
      ]);
    },
  );

  it('is a failure also where there is no room for the message', async () => {
    const { code } = await run('audit endpoints > /dev/full 2>&1');
    expect(code).toBe(1);
    expect(await run('audit nonsense 2> /dev/full')).toEqual({ code: 1, out: '', err: '' });
  });
});

describe('an answer that nobody reads to its end', () => {
  it('is broken off without a word', async () => {
    const { out, err } = await run('{ audit connections --all --output json; echo "exit $?" >&2; } | head -c 2');
    expect([out, err]).toEqual(['{\n', 'exit 1\n']);
  });
});

describe('an export that a disk has no room for', () => {
  it('is a failure that says how to go on, leaves no file of its name, and goes on when there is room', async () => {
    const words = '--since 2026-11-20T07:30:00Z --until 2026-11-20T07:50:00Z --format csv --evidence --out x.csv';
    const failed = await run(`ulimit -f ${FULL_AT}; audit export ${words}; echo $?; ls`);
    expect(failed.out).not.toMatch(/^x\.csv(\.manifest\.json)?$/m);
    expect(failed.out).toMatch(/^1$/m);
    expect(failed.err).toContain('To go on: cvpn-audit export');
    expect(failed.err).toContain('EFBIG: file too large, write. Make room, or write to another place, and try again.');
    const whole = await run(`audit export ${words}`);
    expect([whole.code, readFileSync(join(folder, 'x.csv'), 'utf8').split('\r\n')]).toEqual([
      0,
      expect.objectContaining({ length: CONNECTIONS + 2 }),
    ]);
    const { code, err } = await run('audit verify x.csv > /dev/full');
    expect([code, err]).toEqual([1, expect.stringContaining('not everything could be written')]);
  });
});
