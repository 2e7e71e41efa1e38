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

/** The actions that a role is allowed on tables, and on their indexes. */
function allowedOn(role: string, ...tables: string[]): string[] {
  const lines = permissionsOf(`AuditTrail${role}Policy`).filter((line) =>
    tables.some((table) => line.includes(`{AuditTrailTables${table}`)),
  );
  return [...new Set(lines.map((line) => line.split(' ')[1] ?? ''))].sort();
}

describe('a function may do on a table what its store does, no less and no more:', () => {
  it.each([
    ['Recorder', 'dynamodb-snapshot-log', ['Snapshots']],
    ['Recorder', 'dynamodb-projection', ['Connections']],
    ['Query', 'metered-reads', ['Snapshots', 'Connections']],
    ['Query', 'access-log', ['Accesses']],
  ])('%s with %s on %j', (role, store, tables) => {
    const needed = actionsOf(`lambda/dynamodb/${store}.ts`);
    expect(needed.length).toBeGreaterThan(0);
    expect(needed).toEqual(allowedOn(role, ...tables));
  });

  it('and it calls AWS from its stores only', () => {
    const files = globSync('lambda/query/**/*.ts', { cwd: ROOT });
    expect(files).toContain('lambda/query/handler.ts');
    expect(files.filter((file) => actionsOf(file).length > 0)).toEqual([]);
  });
});
