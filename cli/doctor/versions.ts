import type { Finding } from './finding.ts';

/** Versions by their numbers, as in `1.10.2`; what comes after these does not count. */
function compare(one: string, other: string): number {
  const [first, second] = [one, other].map((version) => version.split(/[.-]/).slice(0, 3).map(Number));
  for (const [index, number] of (first ?? []).entries()) {
    const difference = number - (second?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * What it means that something is of another version than this command.
 *
 * @param version - absent where it does not say: it is older than those that do
 * @param own - this command's
 */
export function versionFinding(
  subject: string,
  version: string | undefined,
  own: string,
): Omit<Finding, 'check'> | undefined {
  const order = version === undefined ? -1 : compare(version, own);
  if (order === 0) return undefined;
  const what = `it is of version ${version ?? 'unknown (an early one)'}; this command is of ${own}.`;
  return order < 0
    ? {
        severity: 'advice',
        subject,
        what,
        means: 'It lacks what was mended and added since; what it recorded stays valid.',
        todo: 'Deploy again with this version, or start what records again; CHANGELOG.md says what changed.',
      }
    : {
        severity: 'advice',
        subject,
        what,
        means:
          'This command may not understand everything that is there, and its checks are those of an older version.',
        todo: 'Update this command: npm install aws-client-vpn-audit@latest, or git pull.',
      };
}
