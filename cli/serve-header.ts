import manifest from '../package.json' with { type: 'json' };
import type { Serving } from './serving.ts';

const ANY_CREDENTIALS = 'AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any';

/** What `serve` says first: what it records, where the trail is, and what to try. */
export function serveHeader({ source, store, recorder, every }: Serving): string[] {
  const what = source.simulated ? `a simulated AWS Client VPN at ${source.simulated.url}` : `AWS in ${recorder.REGION}`;
  return [
    `cvpn-audit ${manifest.version} records ${what}, every ${duration(every)}`,
    `  DynamoDB  ${store.endpoint}, tables ${recorder.SNAPSHOTS_TABLE} and ${recorder.CONNECTIONS_TABLE}`,
    ...(store.location === store.endpoint ? [] : [`  data      ${store.location}`]),
    ...(source.simulated ? suggestions(source.simulated, store.endpoint, recorder) : []),
    '',
    'Ctrl-C stops; the trail stays.',
    '',
  ];
}

function suggestions(
  { url, endpointId }: { readonly url: string; readonly endpointId: string },
  dynamodb: string,
  { REGION, CONNECTIONS_TABLE }: Serving['recorder'],
): string[] {
  const aws = (command: string, address: string) =>
    `  ${ANY_CREDENTIALS} aws ${command} --region ${REGION} --endpoint-url ${address}`;
  return [
    '',
    'What AWS tells now, a connection only until 60 minutes after its end (any credentials will do):',
    `${aws('ec2 describe-client-vpn-connections', url)} --client-vpn-endpoint-id ${endpointId}`,
    'What the trail remembers:',
    `${aws('dynamodb scan', dynamodb)} --table-name ${CONNECTIONS_TABLE} --index-name byEndpointDay --max-items 3`,
  ];
}

/** An interval as `--every` takes it. */
function duration(milliseconds: number): string {
  return milliseconds % 60_000 === 0 ? `${milliseconds / 60_000}m` : `${milliseconds / 1000}s`;
}
