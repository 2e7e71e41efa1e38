import { Command } from 'commander';
import { type EndpointAnswer, endpointsAnswer } from '../../lambda/query/schemas/trail.ts';
import { type SeveralOwners, severalOwners } from '../../words/endpoint-labels.ts';
import { timeField } from '../../words/list-text.ts';
import { printableJson } from '../../words/printable.ts';
import { type GivenEndpoints, readEndpoints, withEndpoints } from '../asking/endpoint-options.ts';
import { beginInquiry, withApi } from '../asking/inquiry.ts';
import { type QuestionOptions, withQuestionOptions } from '../asking/question-options.ts';
import { timeColumn } from '../asking/show-time.ts';
import { type ListShape, writeRows } from '../output/row-writer.ts';
import type { Surroundings } from '../surroundings.ts';
import { ownerColumns } from './connection-columns.ts';

const EXAMPLES = `
Examples:
  cvpn-audit endpoints
  cvpn-audit endpoints --output json | jq '.endpoints[].endpointId'`;

/** `cvpn-audit endpoints`: what is recorded. */
export function endpointsCommand(surroundings: Surroundings): Command {
  const command = withEndpoints(
    new Command('endpoints').description('the Client VPN endpoints that are recorded'),
    'only this one; repeatable',
  );
  return withQuestionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: QuestionOptions & GivenEndpoints) => {
      const inquiry = beginInquiry(options, surroundings);
      const question = readEndpoints(inquiry, options);
      const { endpoints, ...rest } = await withApi(inquiry, (api) => api.ask(['endpoints'], question, endpointsAnswer));
      await writeRows(shapeOf(inquiry.zone, severalOwners(endpoints)), endpoints, inquiry, rest);
      if (endpoints.length === 0 && inquiry.format !== 'json')
        surroundings.terminal.notice('No endpoint is recorded yet.');
    });
}

function shapeOf(zone: string, several: SeveralOwners): ListShape<EndpointAnswer> {
  return {
    name: 'endpoints',
    columns: [
      { header: 'ENDPOINT', rank: 1, least: 31, cell: ({ endpointId }) => endpointId },
      // People know the endpoints of several accounts by their names.
      { header: 'NAME', rank: several.accountId || several.region ? 2 : 5, least: 8, cell: ({ name }) => name ?? '' },
      {
        header: 'STATE',
        rank: 1,
        least: 6,
        cell: ({ state, closedBecause }) => (closedBecause === undefined ? state : `${state} (${closedBecause})`),
      },
      ...ownerColumns<EndpointAnswer>(several, 1),
      ...(several.region
        ? []
        : [{ header: 'REGION', rank: 6, least: 9, cell: ({ region = '' }: EndpointAnswer) => region }]),
      { header: 'CLIENT CIDR', rank: 3, least: 14, cell: ({ clientCidrBlock }) => clientCidrBlock ?? '' },
      { header: 'SNAPSHOTS', rank: 4, least: 6, align: 'right', cell: ({ entries }) => String(entries ?? 0) },
      timeColumn('FIRST SEEN', 7, zone, ({ firstSeenAt }, show) => show(firstSeenAt)),
      timeColumn('LAST SNAPSHOT', 2, zone, ({ lastSnapshotAt }, show) => show(lastSnapshotAt)),
    ],
    fields: [
      { name: 'endpoint_id', value: (row) => row.endpointId },
      { name: 'name', value: (row) => row.name },
      { name: 'state', value: (row) => row.state },
      { name: 'closed_because', value: (row) => row.closedBecause },
      { name: 'account_id', value: (row) => row.accountId },
      { name: 'region', value: (row) => row.region },
      { name: 'client_cidr_block', value: (row) => row.clientCidrBlock },
      { name: 'snapshots', value: (row) => row.entries },
      timeField('first_seen_at', zone, (row) => row.firstSeenAt),
      timeField('last_slot', zone, (row) => row.lastSlot),
      timeField('last_snapshot_at', zone, (row) => row.lastSnapshotAt),
      timeField('projected_through', zone, (row) => row.projectedThrough),
      timeField('pending_since', zone, (row) => row.pendingSince),
      {
        name: 'description',
        value: (row) => (row.description === undefined ? undefined : printableJson(row.description)),
      },
    ],
  };
}
