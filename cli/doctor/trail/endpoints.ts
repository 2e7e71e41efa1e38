import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Notes } from '../finding.ts';
import type { OpenedTrail } from '../patient.ts';

/** Where endpoints were asked for: the account where it is known, and the Region. */
export interface Asked {
  readonly ec2: EC2Client;
  readonly account: string | undefined;
  readonly region: string;
}

/** What the check needs. */
export const LIST_ENDPOINTS = 'ec2:DescribeClientVpnEndpoints';

/** Whether each endpoint that EC2 lists is recorded; of other accounts and Regions the caller cannot ask. */
export async function lookAtEndpoints(
  trail: OpenedTrail,
  { ec2, account, region }: Asked,
  notes: Notes,
): Promise<void> {
  const { paginateDescribeClientVpnEndpoints } = await import('@aws-sdk/client-ec2');
  const pages = await Array.fromAsync(paginateDescribeClientVpnEndpoints({ client: ec2 }, {}));
  const listed = pages.flatMap(({ ClientVpnEndpoints = [] }) => ClientVpnEndpoints);
  const open = trail.states.filter(({ head }) => head?.state !== 'closed').map(({ endpointId }) => endpointId);
  for (const { ClientVpnEndpointId: id = '', Status } of listed) {
    // One that is being deleted takes no connections.
    if (open.includes(id) || Status?.Code === 'deleting' || Status?.Code === 'deleted') continue;
    notes.found({
      severity: 'urgent',
      subject: id,
      what: `it exists in ${region} and is not recorded.`,
      means: 'Nobody will ever know who is connected to it now: AWS forgets it 60 minutes after the end.',
      todo: 'A new endpoint is recorded within an interval. Else add it to "endpoints" of the configuration (or set "all"), or its account and Region to "targets", and deploy; on one machine: --endpoints.',
    });
  }
  for (const place of elsewhere(trail, account, region)) {
    notes.notChecked(`ask with credentials of that account in that Region`, place);
  }
}

/** The accounts and Regions of recorded endpoints that are not where was asked, for people. */
export function elsewhere({ states }: OpenedTrail, account: string | undefined, region: string): string[] {
  const places = states.flatMap(({ head }) => {
    if (!head) return [];
    // On one machine the account may not have been known.
    const isHere = head.region === region && (account === undefined || !head.accountId || head.accountId === account);
    return isHere ? [] : [`endpoints of account ${head.accountId || 'unknown'} in ${head.region}`];
  });
  return [...new Set(places)];
}
