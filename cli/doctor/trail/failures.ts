import { TRAIL } from '../../../lambda/dynamodb/snapshot-keys.ts';
import type { FailureReason } from '../../../lambda/trail/failure.ts';
import type { FailureNote } from '../../../lambda/trail/ports.ts';
import { addSeconds, DAY_SECONDS, type Instant, toInstant } from '../../../lambda/trail/time.ts';
import { count } from '../../../words/amounts.ts';
import type { Check, Finding } from '../finding.ts';
import { type OpenedTrail, type Patient, READ_TABLES, snapshotAgeAllowed } from '../patient.ts';

/** What to do about each reason. One that is missing here is harmless. */
const WHAT_TO_DO: Readonly<Record<Exclude<FailureReason, 'superseded'>, string>> = {
  'access-denied':
    'Give what records ec2:DescribeClientVpnEndpoints and ec2:DescribeClientVpnConnections, or renew its credentials; look for a service control policy that denies them.',
  'assume-role':
    "Check the role in the other account: that it is there, and trusts this recorder's role with this external id (docs/organization.md).",
  throttled:
    'Nothing where it passes. Else something asks EC2 a lot in this account and Region: find it in CloudTrail (DescribeClientVpn…), or ask AWS for a higher quota.',
  'endpoint-not-found': 'The endpoint was deleted, or the configuration names one that never was: correct "endpoints".',
  'malformed-answer':
    'Nothing where it passes. Else something stands between the recorder and AWS (a proxy, a gateway), or AWS has changed its answers: look for a newer version.',
  'repeated-token': 'Nothing where it passes. Else open a case with AWS: its pages do not end.',
  timeout:
    'Nothing where it passes. Else AWS answers slowly, or there are more endpoints and connections than fit into an interval: a longer interval, or targets of their own.',
  network:
    'Nothing where it passes. Else see the way to AWS of what records: network, name resolution, proxy (docs/network.md).',
  'aws-error': "See what AWS says, and AWS's health dashboard; the request id is in the log of what records.",
  'endpoint-list':
    'See what AWS says. While the list is missing, new endpoints are not noticed; those that are known are recorded.',
  store:
    "See what the store says: DynamoDB's quotas, the key of the tables, the permissions of what records, or the room on the disk.",
  clock: 'Set the clock of the machine that records (NTP).',
  checkpoint:
    'Check that the recorder may sign with the key and write to the archive; then "cvpn-audit verify" says whether log and archive agree.',
};

/** Failures of the last day, by their reason. */
export function failures(patient: Patient): Check {
  return {
    name: 'failures',
    needs: READ_TABLES,
    look: async (notes) => {
      const trail = await patient.trail();
      const now = toInstant(patient.now());
      const since = addSeconds(now, -DAY_SECONDS);
      for (const endpointId of [undefined, TRAIL, ...trail.states.map((state) => state.endpointId)]) {
        const all = await trail.reads.readFailures(endpointId, since, now);
        const mended = mendedAt(endpointId, trail, now);
        // Each target has a list of its own: one that goes on failing is not told by the last failure of another.
        const alike = Map.groupBy(all, ({ reason, accountId, region }) => [reason, accountId, region].join(' '));
        for (const noted of alike.values()) {
          const [{ reason }] = noted as [FailureNote];
          // A later snapshot holds everything that this one would have.
          if (reason === 'superseded') continue;
          const finding = findingOf(noted, mended);
          notes.found({ subject: subjectOf(endpointId, noted), ...finding, todo: WHAT_TO_DO[reason] ?? UNKNOWN });
        }
      }
    },
  };
}

const UNKNOWN = 'A newer version noted it, and its doctor knows what to do: update this command.';

/** Failures before this are over: a snapshot came after them, or, of what belongs to no endpoint, several recordings. */
function mendedAt(endpointId: string | undefined, { states, intervalMinutes }: OpenedTrail, now: Instant): Instant {
  const state = states.find((one) => one.endpointId === endpointId);
  if (!state) return addSeconds(now, -60 * snapshotAgeAllowed(intervalMinutes));
  return state.head?.f ?? '';
}

function findingOf(noted: readonly FailureNote[], mended: Instant): Pick<Finding, 'severity' | 'what' | 'means'> {
  const last = noted.at(-1);
  const isRecorded = noted.every(({ unfinished }) => unfinished);
  const isOver = last !== undefined && last.at < mended;
  return {
    severity: isRecorded || isOver ? 'advice' : 'urgent',
    what: `${count(noted.length, 'failure')} "${last?.reason}" in the last 24 hours, the last at ${last?.at}: ${last?.message}`,
    means: isRecorded
      ? 'The snapshots are in the log; what was missing beside them, a later recording does.'
      : `An attempt recorded nothing. ${isOver ? 'Later ones did: nothing is lost where they came within 60 minutes.' : 'Nothing is lost if one succeeds within 60 minutes.'} See the gaps.`,
  };
}

function subjectOf(endpointId: string | undefined, [note]: readonly FailureNote[]): string {
  if (endpointId === undefined) {
    const { accountId, region } = note ?? {};
    return ['the list of endpoints', accountId && `of account ${accountId}`, region && `in ${region}`]
      .filter(Boolean)
      .join(' ');
  }
  return endpointId === TRAIL ? 'the checkpoint over all logs' : endpointId;
}
