import { resolve } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { optionOf, quoteForShell } from '../../words/command-line.ts';
import { LOCAL_API } from '../api/find-api.ts';
import type { ArchiveOptions, TrailOptions } from '../trail-options.ts';
import type { Serving } from './serving.ts';

type GivenPlace = TrailOptions & ArchiveOptions;

const ANY_CREDENTIALS = 'AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any';

/** What `serve` says first: what it records, where the trail is, and what to try. */
export function serveHeader(serving: Serving, place: GivenPlace): string[] {
  const { source, store, api, archiveLocation, recorder, every } = serving;
  const { simulated, places } = source;
  const what = simulated ? `a simulated AWS Client VPN at ${simulated.url}` : `AWS in ${recorder.REGION}`;
  return [
    `cvpn-audit ${manifest.version} records ${what}, every ${duration(every)}`,
    ...(simulated?.sts
      ? [
          `  accounts  ${places.map(({ account, region }) => `${account}/${region}`).join(' and ')}`,
          `  STS       ${simulated.sts.url}, gives ${simulated.sts.roleArn} for the external id ${simulated.sts.externalId}`,
        ]
      : []),
    `  page      ${api.url}/`,
    `  API       ${api.url}`,
    `  DynamoDB  ${store.endpoint}, tables ${recorder.SNAPSHOTS_TABLE} and ${recorder.CONNECTIONS_TABLE}`,
    ...(isElsewhere(serving) ? [] : [`  data      ${store.location}`]),
    `  archive   ${archiveLocation}, signed checkpoints and what they cover`,
    '',
    ...suggestions(serving, place),
    '',
    'Ctrl-C stops; the trail stays.',
    '',
  ];
}

function suggestions(serving: Serving, place: GivenPlace): string[] {
  const { api, source, recorder } = serving;
  const { simulated } = source;
  const where = api.url === LOCAL_API ? '' : ` --api ${api.url}`;
  const aws = (command: string, address: string) =>
    `  ${ANY_CREDENTIALS} aws ec2 ${command} --region ${recorder.REGION} --endpoint-url ${address}`;
  const connections = (address: string, endpointId: string) =>
    `${aws('describe-client-vpn-connections', address)} --client-vpn-endpoint-id ${endpointId}`;
  return [
    `What to try next, in another terminal${isElsewhere(serving) ? ', with the same AWS credentials' : ''}:`,
    `  npx cvpn-audit who --now${where}`,
    `  npx cvpn-audit connections${where}`,
    `  ${verifySuggestion(serving, place)}`,
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

/** Whether a DynamoDB that the environment names has the tables. */
function isElsewhere({ store: { location, endpoint } }: Serving): boolean {
  return location === endpoint;
}

/** The command that finds this trail, from an environment that knows nothing of it. A local DynamoDB may have tables for each Region. */
function verifySuggestion(serving: Serving, { data, archive, snapshotsTable, connectionsTable }: GivenPlace): string {
  const { AWS_REGION, AWS_DEFAULT_REGION } = serving.terminal.env;
  const environment = { AWS_ENDPOINT_URL_DYNAMODB: serving.store.endpoint, AWS_REGION, AWS_DEFAULT_REGION };
  const usual = { data: resolve('cvpn-audit-data'), snapshotsTable: 'Snapshots', connectionsTable: 'Connections' };
  const place = { data: resolve(data), archive: archive && serving.archiveLocation, snapshotsTable, connectionsTable };
  return [
    ...(isElsewhere(serving) ? given(environment).map(([name, value]) => `${name}=${value}`) : []),
    'npx cvpn-audit verify',
    ...given(place, usual).map(([name, value]) => `${optionOf(name)} ${value}`),
  ].join(' ');
}

/** What is given, and is not the usual, each for a shell. */
function given(texts: Readonly<Record<string, string | undefined>>, usual: typeof texts = {}): [string, string][] {
  return Object.entries(texts).flatMap(([name, text]) =>
    text === undefined || text === usual[name] ? [] : [[name, quoteForShell(text)]],
  );
}

/** An interval as `--every` takes it. */
function duration(milliseconds: number): string {
  return milliseconds % 60_000 === 0 ? `${milliseconds / 60_000}m` : `${milliseconds / 1000}s`;
}
