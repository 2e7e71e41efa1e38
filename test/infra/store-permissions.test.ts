import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allowances, resourceOf, templateOf } from './synthesized.ts';

/** IAM's action for each call of the SDK; a transaction needs the action of what it holds. */
const ACTION: Record<string, string> = {
  BatchGet: 'dynamodb:BatchGetItem',
  Get: 'dynamodb:GetItem',
  Put: 'dynamodb:PutItem',
  Query: 'dynamodb:Query',
  TransactWrite: 'dynamodb:PutItem',
};

/** The actions that the calls in a store's source need; a call that is new here is its own name, and so not allowed. */
function actionsOf(store: string): string[] {
  const source = readFileSync(new URL(`../../lambda/dynamodb/${store}.ts`, import.meta.url), 'utf8');
  const calls = [...source.matchAll(/new (\w+)Command\(|paginate(\w+)\(/g)].map(
    ([, command, page]) => command ?? page ?? '',
  );
  return [...new Set(calls.map((call) => ACTION[call] ?? call))].sort();
}

function allowedOn(table: string): string[] {
  const { PolicyDocument } = resourceOf(templateOf(), 'AWS::IAM::ManagedPolicy', 'AuditTrailRecorder').Properties;
  const lines = allowances(PolicyDocument).filter((line) => line.includes(`{AuditTrailTables${table}`));
  return lines.map((line) => line.split(' ')[1] ?? '');
}

describe('the recorder may do on a table what its store does, no less and no more:', () => {
  it('on Snapshots', () => {
    expect(actionsOf('dynamodb-snapshot-log')).toEqual(allowedOn('Snapshots'));
  });

  it('on Connections', () => {
    expect(actionsOf('dynamodb-projection')).toEqual(allowedOn('Connections'));
  });
});
