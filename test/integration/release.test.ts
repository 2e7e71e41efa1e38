import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const RELEASE = join(import.meta.dirname, '../../packing/release.ts');
const CHANGELOG = '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-27\n\n### Added\n\n- Everything.\n';

/** A repository with a package whose checks write down that they ran. */
function newRepository({ test = 'exit 0', npmrc = '' } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-released-'));
  const step = (name: string) => `echo ${name} >> ../${folder.split('/').at(-1)}.ran`;
  const scripts = { lint: step('lint'), types: step('types'), test: `${step('test')}; ${test}` };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'released', version: '1.2.3', scripts }));
  writeFileSync(join(folder, 'CHANGELOG.md'), CHANGELOG);
  mkdirSync(join(folder, '.ci'));
  writeFileSync(join(folder, '.ci/packed'), `#!/bin/sh\ntar -tzf "$1" && ${step('packed')}\n`, { mode: 0o755 });
  writeFileSync(join(folder, '.npmrc'), npmrc);
  git(folder, 'init', '--quiet');
  git(folder, 'config', 'user.name', 'A');
  git(folder, 'config', 'user.email', 'a@example.org');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--message', 'All');
  return folder;
}

const git = (folder: string, ...words: string[]) => execFileSync('git', words, { cwd: folder, encoding: 'utf8' });

/** What the script said, and which of the checks ran. */
async function release(folder: string, ...words: string[]) {
  const child = spawn(process.execPath, [RELEASE, ...words], { cwd: folder });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const ran = existsSync(`${folder}.ran`) ? readFileSync(`${folder}.ran`, 'utf8').trim().split('\n') : [];
  return { status: child.exitCode, stdout, stderr, ran };
}

describe('npm run release', () => {
  it('does all but publish and tag with --dry-run, and says what it would publish', async () => {
    const folder = newRepository();
    const { status, stdout, ran } = await release(folder, '--dry-run');
    expect(ran).toEqual(['lint', 'types', 'test', 'packed']);
    expect(stdout).toMatch(
      /released 1\.2\.3: 0\.0 MB packed, 0\.0 MB unpacked, sha512-\S+\n {2}.*CHANGELOG\.md {2}1 file.*Nothing was published or tagged\.\n$/s,
    );
    expect(status).toBe(0);
    expect(git(folder, 'tag')).toBe('');
  });

  it('publishes the file that passed, and tags it', async () => {
    const taken: IncomingMessage['url'][] = [];
    const registry = createServer((request, response) => {
      if (request.method === 'PUT') taken.push(request.url);
      request.resume();
      response.writeHead(request.method === 'PUT' ? 201 : 404, { 'content-type': 'application/json' }).end('{}');
    });
    await once(registry.listen(0, '127.0.0.1'), 'listening');
    const address = `127.0.0.1:${(registry.address() as AddressInfo).port}/`;
    const folder = newRepository({ npmrc: `registry=http://${address}\n//${address}:_authToken=any\n` });
    const { status, stdout, stderr } = await release(folder);
    registry.close();
    expect([status, taken, stderr.match(/npm error.*/g)]).toEqual([0, ['/released'], null]);
    expect(stdout).toMatch(/Published\. Now: git push origin v1\.2\.3\n$/);
    expect(git(folder, 'tag')).toBe('v1.2.3\n');
  });

  it('names all that is not ready, with what was found and what was expected, before anything runs', async () => {
    const folder = newRepository();
    git(folder, 'tag', 'v1.2.3');
    writeFileSync(
      join(folder, 'CHANGELOG.md'),
      CHANGELOG.replace('[1.2.3] - 2026-11-27', '[1.2.2]').replace('## [Unreleased]\n', '## [Unreleased]\n\n- One.\n'),
    );
    const { status, stderr, ran } = await release(folder);
    expect(stderr.split('\n')).toEqual([
      'CHANGELOG.md: found "## [1.2.2]" below [Unreleased]; expected "## [1.2.3] - YYYY-MM-DD"',
      'CHANGELOG.md: found entries in [Unreleased] (1); expected none: they belong to [1.2.3], or to a later one',
      'working tree: found files that are not as committed (1, the first: M CHANGELOG.md); expected none',
      'tags: found v1.2.3; expected none: that version is released, and package.json needs the next',
      'release: not released: nothing more was checked, and nothing packed or published',
      '',
    ]);
    expect([status, ran]).toEqual([1, []]);
  });

  it('rehearses the rest all the same with --dry-run, and fails', async () => {
    const folder = newRepository();
    writeFileSync(join(folder, 'new.txt'), '');
    const { status, stderr, ran } = await release(folder, '--dry-run');
    expect(ran).toEqual(['lint', 'types', 'test', 'packed']);
    expect(stderr).toMatch(/\(1, the first: \?\? new\.txt\).*release: not ready, for what is named above \(1\)\n$/s);
    expect(status).toBe(1);
  });

  it('packs and publishes nothing whose tests fail', async () => {
    const { status, stderr, ran } = await release(newRepository({ test: 'exit 1' }));
    expect(stderr).toMatch(/release: not released: found failures of npm run test; expected none\n$/);
    expect([status, ran]).toEqual([1, ['lint', 'types', 'test']]);
  });
});
