import { EPSILON } from '../../../lambda/settings.ts';
import { skewOf } from '../../../lambda/trail/clocks.ts';
import { asElements } from '../../../lambda/trail/element.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { showDuration } from '../../../words/amounts.ts';
import type { Check } from '../finding.ts';
import { openStates, type Patient, READ_TABLES } from '../patient.ts';
import { versionFinding } from '../versions.ts';

/** Clocks that differ by less lose nothing: what coverage allows for by default. */
export const SKEW_ALLOWED_SECONDS = EPSILON.byDefault;

/** What a difference of clocks means. */
export const SKEW_MEANS =
  "Times of connections are AWS's, so they are right; but a snapshot whose clocks suddenly differ proves nothing, and signatures of requests are refused from 5 minutes on.";

/** The clock of what records, by the newest snapshots: their times by AWS's clock and by the machine's. */
export async function lookAtRecorderClock(patient: Patient, notes: Parameters<Check['look']>[0]): Promise<void> {
  for (const { endpointId, head } of openStates(await patient.trail())) {
    const skew = skewOf(head) ?? 0;
    if (Math.abs(skew) <= SKEW_ALLOWED_SECONDS) continue;
    notes.found({
      severity: 'advice',
      subject: endpointId,
      what: `the clock of what records it is ${showDuration(Math.abs(skew))} ${skew > 0 ? 'behind' : 'ahead of'} AWS's.`,
      means: SKEW_MEANS,
      todo: 'Set the clock of that machine (NTP).',
    });
  }
}

/** The version of what recorded the newest snapshots, against this command's. */
export function recorderVersions(patient: Patient): Check {
  return {
    name: 'versions',
    needs: READ_TABLES,
    look: async (notes) => {
      const trail = await patient.trail();
      const found = await Promise.all(
        openStates(trail).map(async ({ endpointId, head }) => {
          const item = await trail.reads.readManifest(endpointId, head.slot);
          return item && { endpointId, version: item.manifest.versions.recorder };
        }),
      );
      for (const one of found) {
        const finding = one && versionFinding(one.endpointId, one.version, manifest.version);
        if (finding) notes.found(finding);
      }
    },
  };
}

/** Whether each endpoint writes a connection log (Security Hub EC2.51), by its newest description. */
export function connectionLogging(patient: Patient): Check {
  return {
    name: 'connection-logging',
    needs: READ_TABLES,
    look: async (notes) => {
      for (const { endpointId, description } of openStates(await patient.trail())) {
        const enabled = asElements(description?.connectionLogOptions)?.Enabled;
        if (enabled === undefined) notes.notChecked('AWS has not described it to the recorder yet', endpointId);
        if (enabled !== 'false') continue;
        notes.found({
          severity: 'advice',
          subject: endpointId,
          what: 'connection logging is off (Security Hub EC2.51).',
          means:
            'The trail sees who was connected. Attempts that were refused, and why a connection ended, are only in the log of the endpoint itself.',
          todo: 'Turn it on: aws ec2 modify-client-vpn-endpoint --client-vpn-endpoint-id ID --connection-log-options Enabled=true,CloudwatchLogGroup=GROUP',
        });
      }
    },
  };
}
