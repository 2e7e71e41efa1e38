import { describe, expect, it } from 'vitest';
import { serveHeader } from '../../cli/serve/header.ts';
import type { Serving } from '../../cli/serve/serving.ts';
import { RECORDER_OPTIONS } from '../support/recording/recorder-options.ts';

const header = (port: number, simulated?: { url: string; endpointId: string }) =>
  serveHeader(
    {
      store: { endpoint: 'http://127.0.0.1:8000', location: '/data' },
      archiveLocation: '/data/archive',
      source: { simulated },
      api: { url: `http://127.0.0.1:${port}`, port },
      recorder: RECORDER_OPTIONS,
      every: 300_000,
      terminal: { env: {} },
    } as unknown as Serving,
    { data: '/data', snapshotsTable: 'Snapshots', connectionsTable: 'Connections' },
  ).join('\n');

describe('what serve says first', () => {
  it('names the API and what to try, without an address where that is the usual one', () => {
    const text = header(8790, { url: 'http://127.0.0.1:8791', endpointId: 'cvpn-endpoint-1' });
    expect(text).toContain('\n  page      http://127.0.0.1:8790/\n  API       http://127.0.0.1:8790\n');
    expect(text).toContain(
      '\n  npx cvpn-audit who --now\n  npx cvpn-audit connections\n  npx cvpn-audit verify --data /data\n',
    );
    expect(text).toContain('\n  archive   /data/archive, signed checkpoints and what they cover\n');
    const aws = 'aws ec2 describe-client-vpn-connections --region eu-central-1 --endpoint-url http://127.0.0.1';
    expect(text).toContain(`${aws}:8790 --client-vpn-endpoint-id cvpn-endpoint-1\n`);
    expect(text).toContain(`${aws}:8791 --client-vpn-endpoint-id cvpn-endpoint-1\n`);
  });

  it('names the address everywhere where that is another', () => {
    expect(header(1234)).toContain(
      '\n  npx cvpn-audit who --now --api http://127.0.0.1:1234\n  npx cvpn-audit connections --api http://127.0.0.1:1234\n',
    );
  });

  it('asks for the endpoints where real ones are recorded, of which it knows none', () => {
    expect(header(8790)).toContain(
      'aws ec2 describe-client-vpn-endpoints --region eu-central-1 --endpoint-url http://127.0.0.1:8790\n',
    );
  });
});
