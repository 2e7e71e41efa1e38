import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const FILES = globSync('{bin,cli,local}/**/*.ts', { cwd: ROOT });

/** The statements of the command that match, each with its file. */
function statements(pattern: RegExp, files = FILES): string[] {
  return files.flatMap((file) =>
    (readFileSync(join(ROOT, file), 'utf8').match(pattern) ?? []).map((found) => `${file}: ${found}`),
  );
}

/** What a client is made with that leaves this machine by the network as it is set up here, or cannot leave it. */
const WITH_OPTIONS = /awsOptions\(|ec2Options\(|loopbackIdentity\(|simulatedIdentity\(/;

describe('what leaves the machine (ADR 49)', () => {
  it('is asked by clients of AWS that are made with the common options', () => {
    const made = statements(/(?:new \w+Client|targetClients)\([^;]*;/g);
    expect(made.length).toBeGreaterThan(5);
    expect(made.filter((statement) => !WITH_OPTIONS.test(statement))).toEqual([]);
  });

  it('finds its credentials there too', () => {
    const others = FILES.filter((file) => !file.startsWith('local/network/'));
    expect(statements(/from '@aws-sdk\/credential-provider[^']*'/g, others)).toEqual([]);
  });

  it('is asked by nothing else: fetch is for this machine', () => {
    const others = FILES.filter((file) => !file.startsWith('local/network/') && file !== 'cli/api/send-request.ts');
    expect(statements(/(?<![.\w])fetch\(|from 'node:https'|from 'undici'/g, others)).toEqual([]);
  });
});
