import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCommand } from '../support/command/cvpn-audit.ts';
import { runHere } from '../support/command/run-here.ts';
import type { RecordedTrail } from '../support/recording/recorded-trail.ts';
import { startTestApi, type TestApi } from '../support/servers/api-server.ts';
import { stackWith } from '../support/servers/cloud-formation.ts';
import { type LoopbackS3, startLoopbackS3 } from '../support/servers/loopback-s3.ts';
import { storeRichly } from '../support/tampering/tampered-story.ts';

let trail: RecordedTrail;
let s3: LoopbackS3;
let formation: TestApi;

beforeAll(async () => {
  [trail, s3] = await Promise.all([storeRichly(), startLoopbackS3()]);
  s3.pageSize = 7;
  for (const [key, bytes] of trail.archive.objects) s3.objects.set(`evidence/${key}`, Buffer.from(bytes));
  const { SNAPSHOTS_TABLE: SnapshotsTableName, CONNECTIONS_TABLE: ConnectionsTableName } = trail.options;
  formation = await startTestApi(() =>
    stackWith({ SnapshotsTableName, ConnectionsTableName, ArchiveBucketName: 'evidence' }),
  );
});
afterAll(async () => {
  await Promise.all([trail.close(), s3.close(), formation[Symbol.asyncDispose]()]);
});

const env = () => ({
  AWS_ENDPOINT_URL_CLOUDFORMATION: formation.url,
  AWS_ENDPOINT_URL_DYNAMODB: trail.tables.endpoint,
  AWS_ENDPOINT_URL_S3: s3.url,
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
});
const STACK = ['verify', '--stack', 'Trail', '--region', 'eu-central-1'];

describe('verify --stack', () => {
  it('verifies the tables and the bucket that the stack names', async () => {
    const { code, out } = await runHere(STACK, env());
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'proven', counts: { endpoints: 3, entries: 53, anchored: 53 } });
  });

  it('exits 3 where the bucket holds something else', async () => {
    const [name = ''] = [...s3.objects.keys()].filter((key) => key.includes('/manifests/'));
    const bytes = s3.objects.get(name) ?? Buffer.alloc(0);
    s3.objects.set(name, Buffer.from('{}'));
    const { code, out } = await runHere([...STACK, '--output', 'table'], env());
    s3.objects.set(name, bytes);
    expect(out).toMatch(
      /WRONG {2}archive manifest-changed: .*The manifest of entry 0 .* is not the one that was signed/,
    );
    expect(code).toBe(3);
  });

  it('verifies the bucket alone, without the tables', async () => {
    const { code, out } = await runHere([...STACK, '--archive-only'], {
      ...env(),
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
    });
    expect(JSON.parse(out)).toMatchObject({ verdict: 'proven', counts: { entries: 53, compared: 0 } });
    expect(code).toBe(0);
  });

  it('stops at Ctrl-C with 130, also while S3 does not answer', async () => {
    let command: ReturnType<typeof startCommand> | undefined;
    s3.fault = ({ key }) => {
      if (!key.startsWith('checkpoints/')) return false;
      command?.interrupt();
      return true;
    };
    command = startCommand([...STACK, '--output', 'table'], env());
    expect(await command.exited).toBe(130);
    s3.fault = () => false;
    expect(command.written.err).toContain('Interrupted; 0 faults so far.');
    expect(command.written.out).not.toContain('PROVEN');
  });
});
