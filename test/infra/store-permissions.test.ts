import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { permissionsOf } from './synthesized.ts';

/** IAM's action for each call of the SDK; a transaction needs the action of what it holds. */
const ACTION: Record<string, string> = {
  BatchGet: 'dynamodb:BatchGetItem',
  Get: 'dynamodb:GetItem',
  Put: 'dynamodb:PutItem',
  Query: 'dynamodb:Query',
  TransactWrite: 'dynamodb:PutItem',
  GetObject: 's3:GetObject',
  GetPublicKey: 'kms:GetPublicKey',
  ListObjectsV2: 's3:ListBucket',
  PutObject: 's3:PutObject',
  Sign: 'kms:Sign',
};

const ROOT = new URL('../../', import.meta.url);

/** The actions that the calls in a source need; a call that is new here is its own name, and so not allowed. */
function actionsOf(path: string): string[] {
  const source = readFileSync(new URL(path, ROOT), 'utf8');
  const calls = [...source.matchAll(/new (\w+)Command\(|paginate(\w+)\(/g)].map(
    ([, command, page]) => command ?? page ?? '',
  );
  return [...new Set(calls.map((call) => ACTION[call] ?? call))].sort();
}

/** The actions that a role is allowed on resources whose logical ids begin so, on a table's indexes and a bucket's objects too. */
function allowedOn(role: string, ...resources: string[]): string[] {
  const lines = permissionsOf(`AuditTrail${role}Policy`).filter((line) =>
    resources.some((resource) => line.includes(` on {AuditTrail${resource}`)),
  );
  return [...new Set(lines.map((line) => line.split(' ')[1] ?? ''))].sort();
}

describe('a function may do on a table what its store does, no less and no more:', () => {
  it.each([
    ['Recorder', 'dynamodb/dynamodb-snapshot-log', ['TablesSnapshots']],
    ['Recorder', 'dynamodb/dynamodb-projection', ['TablesConnections']],
    ['Recorder', 'archive/kms-signer', ['SigningKey']],
    ['Query', 'dynamodb/metered-reads', ['TablesSnapshots', 'TablesConnections']],
    ['Query', 'dynamodb/access-log', ['TablesAccesses']],
    ['Export', 'dynamodb/metered-reads', ['TablesSnapshots']],
    ['Export', 'archive/s3-archive', ['ArchiveBucket']],
    ['Export', 'archive/kms-signer', ['SigningKey']],
    ['PublicKey', 'public-key/handler', ['SigningKey']],
  ])('%s with %s on %j', (role, store, resources) => {
    const needed = actionsOf(`lambda/${store}.ts`);
    expect(needed.length).toBeGreaterThan(0);
    expect(needed).toEqual(allowedOn(role, ...resources));
  });

  it('the recorder with the archive, of which it lists nothing', () => {
    expect([...allowedOn('Recorder', 'ArchiveBucket'), 's3:ListBucket'].sort()).toEqual(
      actionsOf('lambda/archive/s3-archive.ts'),
    );
    const sources = globSync('lambda/recorder/**/*.ts', { cwd: ROOT }).map((path) =>
      readFileSync(new URL(path, ROOT), 'utf8'),
    );
    expect(sources.filter((source) => /archive\s*\.list\(/.test(source))).toEqual([]);
  });

  it('the export function with the connections, which it also reads many at a time, and with the accesses, which it only adds to', () => {
    expect(allowedOn('Export', 'TablesConnections')).toEqual(
      ['dynamodb:BatchGetItem', ...actionsOf('lambda/dynamodb/metered-reads.ts')].sort(),
    );
    expect(allowedOn('Export', 'TablesAccesses')).toEqual(['dynamodb:PutItem']);
  });

  it.each(['query', 'export'])('and %s calls AWS from its stores only', (name) => {
    const files = globSync(`lambda/${name}/**/*.ts`, { cwd: ROOT });
    expect(files).toContain(`lambda/${name}/handler.ts`);
    expect(files.filter((file) => actionsOf(file).length > 0)).toEqual([]);
  });
});
