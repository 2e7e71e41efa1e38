import { resolve } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { LOCAL_API } from './api/find-api.ts';
import type { Serving } from './serving.ts';

const ANY_CREDENTIALS = 'AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any';

/** What `serve` says first: what it records, where the trail is, and what to try. */
export function serveHeader(serving: Serving): string[] {
  const { source, store, api, archiveLocation, recorder, every } = serving;
  const what = source.simulated ? `a simulated AWS Client VPN at ${source.simulated.url}` : `AWS in ${recorder.REGION}`;
  return [
    `cvpn-audit ${manifest.version} records ${what}, every ${duration(every)}`,
    `  API       ${api.url}`,
    `  DynamoDB  ${store.endpoint}, tables ${recorder.SNAPSHOTS_TABLE} and ${recorder.CONNECTIONS_TABLE}`,
    ...(store.location === store.endpoint ? [] : [`  data      ${store.location}`]),
    `  archive   ${archiveLocation}, signed checkpoints and what they cover`,
    '',
    ...suggestions(serving),
    '',
    'Ctrl-C stops; the trail stays.',
    '',
  ];
}

function suggestions({ source: { simulated }, store, api, recorder: { REGION } }: Serving): string[] {
  const where = api.url === LOCAL_API ? '' : ` --api ${api.url}`;
  const aws = (command: string, address: string) =>
    `  ${ANY_CREDENTIALS} aws ec2 ${command} --region ${REGION} --endpoint-url ${address}`;
  const connections = (address: string, endpointId: string) =>
    `${aws('describe-client-vpn-connections', address)} --client-vpn-endpoint-id ${endpointId}`;
  return [
    'What to try next, in another terminal:',
    `  npx cvpn-audit who --now${where}`,
    `  npx cvpn-audit connections${where}`,
    `  npx cvpn-audit verify${isUsual(store) ? '' : ` --data ${store.location}`}`,
    "AWS's own command, for all that the trail remembers (any credentials will do):",
    simulated ? connections(api.url, simulated.endpointId) : aws('describe-client-vpn-endpoints', api.url),
    ...(simulated
      ? [
          'And what the simulated AWS tells, a connection only until 60 minutes after its end:',
          connections(simulated.url, simulated.endpointId),
        ]
      : []),
  ];
}

/** Whether commands find the trail without being told: in the usual folder, or where the environment says. */
function isUsual({ location, endpoint }: Serving['store']): boolean {
  return location === resolve('cvpn-audit-data') || location === endpoint;
}

/** An interval as `--every` takes it. */
function duration(milliseconds: number): string {
  return milliseconds % 60_000 === 0 ? `${milliseconds / 60_000}m` : `${milliseconds / 1000}s`;
}
