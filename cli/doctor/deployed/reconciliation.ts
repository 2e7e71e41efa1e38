import type { MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { coverEndpoints } from '../../../lambda/query/cover-endpoints.ts';
import { readSnapshotManifest } from '../../../lambda/query/newest-snapshot.ts';
import { rowsById } from '../../../lambda/query/snapshot-connections.ts';
import { EPSILON } from '../../../lambda/settings.ts';
import { listedSince } from '../../../lambda/trail/coverage.ts';
import { isProof } from '../../../lambda/trail/log.ts';
import { hasEnded, type ReadRow } from '../../../lambda/trail/row.ts';
import type { Manifest } from '../../../lambda/trail/snapshot.ts';
import { addSeconds, type Instant, toInstant } from '../../../lambda/trail/time.ts';
import { awsOptions } from '../../../local/network/aws-options.ts';
import { count } from '../../../words/amounts.ts';
import type { Check, Notes } from '../finding.ts';
import { type OpenedTrail, openStates, type Patient, READ_TABLES } from '../patient.ts';
import { elsewhere } from '../trail/endpoints.ts';
import { accountOf } from './endpoints.ts';
import type { DeployedStack, Reach } from './stack.ts';

/** AWS publishes the metric every five minutes (Client VPN Administrator Guide, "Amazon CloudWatch"). */
const PERIOD_SECONDS = 300;

/** A single figure may be late or early by more than is allowed for; so many tell of something else. */
const FIGURES_THAT_COUNT = 2;

/** How many were connected in a stretch of time: at least, and at most. */
interface Bounds {
  readonly start: Instant;
  readonly least: number;
  readonly most: number;
}

/**
 * `ActiveConnectionsCount` of CloudWatch against the newest snapshot of each endpoint, which lists every connection that was active
 * within the 60 minutes before it. In the five minutes of a figure, with epsilon on both sides, at least those were connected that
 * were so all the time, and at most those that were at some time in it: whatever moment AWS counted at, the figure lies between (ADR 51).
 */
export function reconciliation(patient: Patient, stack: DeployedStack): Check {
  return {
    name: 'reconciliation',
    needs: `cloudwatch:GetMetricData, ${READ_TABLES}, lambda:GetFunctionConfiguration`,
    look: async (notes) => {
      const trail = await patient.trail();
      const account = await accountOf(stack);
      const { region } = stack.reach;
      for (const place of elsewhere(trail, account, region)) {
        notes.notChecked('ask with credentials of that account in that Region', place);
      }
      for (const { endpointId, head } of openStates(trail)) {
        if (head.region === region && (!head.accountId || head.accountId === account)) {
          await reconcile(endpointId, head.slot, { trail, patient, reach: stack.reach }, notes);
        }
      }
    },
  };
}

interface Reconciled {
  readonly trail: OpenedTrail;
  readonly patient: Patient;
  readonly reach: Reach;
}

async function reconcile(
  endpointId: string,
  slot: Instant,
  { trail, patient, reach }: Reconciled,
  notes: Notes,
): Promise<void> {
  const manifest = await readSnapshotManifest(trail.reads, endpointId, slot, patient.now());
  if (!manifest || !isProof(manifest)) {
    notes.notChecked('its newest snapshot is no proof', endpointId);
    return;
  }
  const rows = [...(await rowsById(trail.reads, manifest)).values()];
  const bounds = (await provenStretches(manifest, trail, patient)).map((start) => boundsIn(start, rows, manifest));
  const figures = bounds.length === 0 ? new Map<Instant, number>() : await readFigures(endpointId, bounds, reach);
  const compared = bounds.flatMap((bound) => {
    const figure = figures.get(bound.start);
    return figure === undefined ? [] : [{ ...bound, figure }];
  });
  if (compared.length < FIGURES_THAT_COUNT) {
    notes.notChecked(
      `CloudWatch has ${count(compared.length, 'figure')} for its proven time; expected at least ${FIGURES_THAT_COUNT}`,
      endpointId,
    );
    return;
  }
  const outside = compared.filter(({ figure, least, most }) => figure < least || figure > most);
  const [first] = outside;
  if (!first || outside.length < FIGURES_THAT_COUNT) return;
  notes.found({
    severity: 'urgent',
    subject: endpointId,
    what: `CloudWatch counts other connections than the snapshots: ${first.figure} at ${first.start}, where the trail has ${first.least} to ${first.most}; ${outside.length} of ${compared.length} figures differ.`,
    means:
      'Either AWS does not list every connection to the recorder, or it counts others. What the trail calls proven rests on the list being whole.',
    todo: 'Compare with aws ec2 describe-client-vpn-connections now. If the two differ as well, open a case with AWS; if not, with this project.',
  });
}

/** The starts of the metric's periods that the snapshot, and no gap, speaks of. */
async function provenStretches(manifest: Manifest, trail: OpenedTrail, patient: Patient): Promise<Instant[]> {
  const { endpointId, s, f, epsilonSeconds } = manifest;
  const since = addSeconds(listedSince(f, epsilonSeconds), epsilonSeconds);
  const settings = { INTERVAL_MINUTES: trail.intervalMinutes, EPSILON_SECONDS: EPSILON.byDefault };
  const ports = { reads: trail.reads, settings, now: patient.now };
  const { endpoints } = await coverEndpoints(ports, { endpoint: [endpointId], since, until: s });
  const gaps = endpoints.flatMap((endpoint) => endpoint.gaps);
  const step = PERIOD_SECONDS * 1000;
  const starts: Instant[] = [];
  for (let time = Math.ceil(Date.parse(since) / step) * step; ; time += step) {
    const [start, end] = [toInstant(time), toInstant(time + step)];
    if (addSeconds(end, epsilonSeconds) > s) return starts;
    if (!gaps.some((gap) => gap.start <= end && gap.end >= start)) starts.push(start);
  }
}

function boundsIn(start: Instant, rows: readonly ReadRow[], { epsilonSeconds }: Manifest): Bounds {
  const [from, to] = [addSeconds(start, -epsilonSeconds), addSeconds(start, PERIOD_SECONDS + epsilonSeconds)];
  const stretches = rows.map((row) => ({ began: row.establishedAt, ended: hasEnded(row) ? row.endedAt : '~' }));
  return {
    start,
    // A time that AWS did not give may be any.
    least: stretches.filter(({ began = '~', ended = '' }) => began <= from && ended >= to).length,
    most: stretches.filter(({ began = '', ended = '~' }) => began <= to && ended >= from).length,
  };
}

/** The metric by the start of each period. */
async function readFigures(endpointId: string, bounds: readonly Bounds[], reach: Reach): Promise<Map<Instant, number>> {
  const { CloudWatchClient, GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient(awsOptions(reach));
  const [first, last] = [bounds[0]?.start ?? '', bounds.at(-1)?.start ?? ''];
  try {
    const { MetricDataResults: [result] = [] } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(first),
        EndTime: new Date(addSeconds(last, PERIOD_SECONDS)),
        MetricDataQueries: [
          {
            Id: 'active',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/ClientVPN',
                MetricName: 'ActiveConnectionsCount',
                Dimensions: [{ Name: 'Endpoint', Value: endpointId }],
              },
              Period: PERIOD_SECONDS,
              // Of one figure a period, all statistics are the same.
              Stat: 'Maximum',
            },
          },
        ],
      }),
    );
    return byTime(result);
  } finally {
    client.destroy();
  }
}

function byTime({ Timestamps = [], Values = [] }: MetricDataResult = {}): Map<Instant, number> {
  return new Map(Timestamps.map((time, index) => [toInstant(time), Values[index] ?? 0]));
}
