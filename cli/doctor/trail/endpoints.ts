import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Notes } from '../finding.ts';
import type { OpenedTrail } from '../patient.ts';

/** Where endpoints were asked for: the account where it is known, and the Region. */
export interface Asked {
  readonly ec2: EC2Client;
  readonly account: string | undefined;
  readonly region: string;
  /** Accounts and Regions that are to be recorded, whether anything of them is. */
  readonly targets?: readonly { readonly account: string; readonly region: string }[];
}

/** What the check needs. */
export const LIST_ENDPOINTS = 'ec2:DescribeClientVpnEndpoints';

/** Whether each endpoint that EC2 lists is recorded; of other accounts and Regions the caller cannot ask. */
export async function lookAtEndpoints(
  trail: OpenedTrail,
  { ec2, account, region, targets }: Asked,
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
  for (const place of elsewhere(trail, account, region, targets)) {
    notes.notChecked(`ask with credentials of that account in that Region`, place);
  }
}

/**
 * The accounts and Regions of recorded endpoints that are not where was asked, for people.
 *
 * @param targets - more of them, of which nothing may be recorded yet
 */
export function elsewhere(
  { states }: OpenedTrail,
  account: string | undefined,
  region: string,
  targets: Asked['targets'] = [],
): string[] {
  const recorded = states.flatMap(({ head }) => (head ? [{ account: head.accountId, region: head.region }] : []));
  const places = [...recorded, ...targets].flatMap((place) => {
    // On one machine the account may not have been known.
    const isHere = place.region === region && (account === undefined || !place.account || place.account === account);
    return isHere ? [] : [`endpoints of account ${place.account || 'unknown'} in ${place.region}`];
  });
  return [...new Set(places)];
}
