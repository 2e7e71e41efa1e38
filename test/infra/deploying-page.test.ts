import { readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { configurationTable } from '../../docs/readme/configuration.ts';
import { costTable, thousandQuestions } from '../../docs/readme/cost.ts';
import { silenceAllowed } from '../../lib/constructs/alarms/recording-alarms.ts';
import { alarmsOf, allowances, permissionsOf, readable, templateOf } from './synthesized.ts';

const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8');

/** The cells of the table below a heading, without its head. */
function tableAfter(text: string): string[][] {
  const [, rest = ''] = page.split(text);
  const lines = rest.slice(rest.indexOf('\n|') + 1).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

it('the page about the configuration has each key as it is read', () => {
  const configuration = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  expect(configuration).toContain(`<!-- made: configuration -->\n${configurationTable()}\n<!-- end -->`);
});

describe('the page about deploying', () => {
  it('has each alarm', () => {
    const named = tableAfter('## Alarms').flatMap(([names = '']) => names.split(', ').map((name) => name.slice(1, -1)));
    expect(named.sort()).toEqual(Object.keys(alarmsOf()).sort());
  });

  it('says how long a dead recorder stays unnoticed', () => {
    for (const [interval, noticed, left] of tableAfter('**How long a dead recorder stays unnoticed.**')) {
      const minutes = silenceAllowed(Duration.minutes(Number(interval))).toMinutes() + 2;
      expect([noticed, left]).toEqual([String(minutes), String(56 - minutes)]);
    }
  });

  it('has the costs as they are computed', () => {
    expect(page).toContain(costTable());
    expect(page).toContain(`A thousand questions cost about $${thousandQuestions().toFixed(2)}`);
  });

  it('has the commands that check, ask and verify as the stack says them, the last with the key that was kept', () => {
    const outputs = templateOf({ region: 'eu-central-1', snapshotsTableName: 'SNAPSHOTS_TABLE' }).findOutputs('*');
    for (const name of ['CheckCommand', 'AskCommand', 'VerifyCommand']) {
      const command = readable(outputs[name]?.Value).replace('eu-central-1', 'REGION');
      expect(page).toContain(command.replace(/\{AuditTrailPublicKey.*$/, '"$(cat public-key.txt)"'));
    }
  });

  it.each([
    ['RECORDER_ROLE_ARN', 'AuditTrailRecorderPolicy'],
    ['EXPORT_ROLE_ARN', 'AuditTrailExportPolicy'],
  ])('lets %s do to a bucket of another account what its role may do', (principal, policy) => {
    const [, json = ''] = page.slice(page.indexOf('### An archive in another account')).split('```');
    const document = JSON.parse(json.replace('json', ''));
    const Statement = document.Statement.filter(
      (one: { Principal: { AWS?: string } }) => one.Principal.AWS === principal,
    );
    const granted = permissionsOf(policy, { archiveBucketName: 'archive-bucket' }).filter((line) =>
      line.includes('s3:::'),
    );
    expect(granted.length).toBeGreaterThan(2);
    expect(allowances({ Statement })).toEqual(
      granted.map((line) => line.replace('{AWS::Partition}', 'aws').replace('archive-bucket', 'ARCHIVE_BUCKET')),
    );
  });

  it('names each output that it tells the reader to use', () => {
    const outputs = Object.keys(templateOf().findOutputs('*'));
    const named = [...page.matchAll(/output `(\w+)`/g)].map(([, name = '']) => name);
    expect(named).toContain('QueryAccessPolicyArn');
    expect(named.filter((name) => !outputs.includes(name))).toEqual([]);
  });

  it('says what remains: the tables, the archive and the key that signs', () => {
    const remains = page.slice(page.indexOf('## Uninstall'));
    for (const table of ['Snapshots', 'Connections', 'Accesses']) expect(remains).toContain(table);
    expect(remains).toMatch(/the archive; the key that signs/);
  });
});
