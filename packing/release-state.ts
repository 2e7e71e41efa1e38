import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A version that npm takes, without build metadata, which npm ignores. */
const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/**
 * What keeps a checkout from being released as the version in its package.json: a line for each, with what was found and what was
 * expected; none if nothing does.
 */
export function whatStandsInTheWay(root: string): string[] {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  return [...ofTheVersion(version), ...ofTheChangelog(changelog, version), ...ofTheRepository(root, version)];
}

function ofTheVersion(version: string): string[] {
  if (VERSION.test(version)) return [];
  return [`package.json: found the version "${version}"; expected one like 1.2.3`];
}

function ofTheChangelog(changelog: string, version: string): string[] {
  const [, unreleased = '', ...released] = changelog.split(/^## /m);
  const title = released[0]?.split('\n')[0];
  const problems: string[] = [];
  if (!new RegExp(`^\\[${RegExp.escape(version)}\\] - \\d{4}-\\d{2}-\\d{2}$`).test(title ?? '')) {
    problems.push(
      `CHANGELOG.md: found ${title === undefined ? 'no released version' : `"## ${title}"`} below [Unreleased]; expected "## [${version}] - YYYY-MM-DD"`,
    );
  }
  const entries = unreleased.match(/^- /gm)?.length ?? 0;
  if (entries > 0) {
    problems.push(
      `CHANGELOG.md: found entries in [Unreleased] (${entries}); expected none: they belong to [${version}], or to a later one`,
    );
  }
  return problems;
}

function ofTheRepository(root: string, version: string): string[] {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain').split('\n').filter(Boolean);
  const problems: string[] = [];
  if (changed.length > 0) {
    problems.push(
      `working tree: found files that are not as committed (${changed.length}, the first: ${changed[0]}); expected none`,
    );
  }
  if (git('tag', '--list', `v${version}`) !== '') {
    problems.push(`tags: found v${version}; expected none: that version is released, and package.json needs the next`);
  }
  return problems;
}
