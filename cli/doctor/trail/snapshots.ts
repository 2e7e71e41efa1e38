import { coverEndpoints } from '../../../lambda/query/cover-endpoints.ts';
import { EPSILON } from '../../../lambda/settings.ts';
import { addSeconds, DAY_SECONDS, secondsBetween, toInstant } from '../../../lambda/trail/time.ts';
import { count, showDuration } from '../../../words/amounts.ts';
import type { Check } from '../finding.ts';
import { openStates, type Patient, READ_TABLES, snapshotAgeAllowed } from '../patient.ts';

const FORGETS = 'AWS forgets a connection 60 minutes after its end: what is not seen by then is lost for good.';

/** What to look at where nothing is recorded any more. */
const whyNothing = ({ deployedKey }: Patient): string =>
  deployedKey === undefined
    ? 'Start what records into this folder: "cvpn-audit serve", or the cron job that calls "cvpn-audit record".'
    : 'See the findings about the schedule, the failures and the queues, then the log of the recorder (output RecorderLogGroupName).';

/** The age of the newest snapshot of each endpoint. */
export function snapshotAge(patient: Patient): Check {
  return {
    name: 'snapshot-age',
    needs: READ_TABLES,
    look: async (notes) => {
      const trail = await patient.trail();
      const allowed = snapshotAgeAllowed(trail.intervalMinutes) * 60;
      if (trail.states.length === 0) {
        notes.found({
          severity: 'urgent',
          subject: 'the trail',
          what: 'nothing was recorded yet.',
          means: FORGETS,
          todo: whyNothing(patient),
        });
      }
      for (const { endpointId, head } of trail.states) {
        if (head?.state === 'closed') continue;
        const age = head && secondsBetween(head.f, toInstant(patient.now()));
        if (age !== undefined && age <= allowed) continue;
        notes.found({
          severity: 'urgent',
          subject: endpointId,
          what:
            age === undefined
              ? 'it has no snapshot yet.'
              : `its newest snapshot is ${showDuration(age)} old (${head?.f}); expected at most ${showDuration(allowed)}.`,
          means: FORGETS,
          todo: whyNothing(patient),
        });
      }
    },
  };
}

/** The gaps of the last day. */
export function gaps(patient: Patient): Check {
  return {
    name: 'gaps',
    needs: READ_TABLES,
    look: async (notes) => {
      const { reads, intervalMinutes, states } = await patient.trail();
      const settings = { INTERVAL_MINUTES: intervalMinutes, EPSILON_SECONDS: EPSILON.byDefault };
      const now = toInstant(patient.now());
      const since = addSeconds(now, -DAY_SECONDS);
      const { endpoints } = await coverEndpoints({ reads, settings, now: patient.now }, { since, until: now });
      for (const { endpointId, gaps: all } of endpoints) {
        const isClosed = states.find((state) => state.endpointId === endpointId)?.head?.state === 'closed';
        // Before the first snapshot, and after the configuration left it out: nobody meant to record it.
        const missing = all.filter(
          ({ reasons, ongoing }) => !reasons.includes('before-first-snapshot') && !(isClosed && ongoing),
        );
        if (missing.length === 0) continue;
        const reasons = [...new Set(missing.flatMap((gap) => gap.reasons))].sort().join(', ');
        const ongoing = missing.some((gap) => gap.ongoing);
        notes.found({
          severity: ongoing ? 'urgent' : 'advice',
          subject: endpointId,
          what: `${count(missing.length, 'gap')} in the last 24 hours (${reasons})${ongoing ? ', one of which goes on' : ''}.`,
          means: 'A connection may have come and gone unseen in it. Answers that touch it say so; it cannot be filled.',
          todo: `See when and why with "cvpn-audit coverage --since 24h", and mend the reason.`,
        });
      }
    },
  };
}

/** What is recorded and waits to be found by questions. */
export function projection(patient: Patient): Check {
  return {
    name: 'projection',
    needs: READ_TABLES,
    look: async (notes) => {
      for (const { endpointId, head, watermark } of openStates(await patient.trail())) {
        const behind = head.entry - (watermark?.entry ?? -1);
        // One may be in work just now.
        if (behind <= 1) continue;
        notes.found({
          severity: 'advice',
          subject: endpointId,
          what: `${count(behind, 'snapshot')} of its log are not projected yet.`,
          means: 'Nothing is lost, but answers do not have the newest connections, and say so.',
          todo: 'The next recordings do it. Where it stays, see the failures; "cvpn-audit rebuild" makes the connections again.',
        });
      }
    },
  };
}

/** What is recorded and waits to be signed and archived. */
export function signatures(patient: Patient): Check {
  return {
    name: 'signatures',
    needs: READ_TABLES,
    look: async (notes) => {
      const trail = await patient.trail();
      const signed = new Map((await trail.log.readCheckpoints()).map((one) => [one.endpointId, one.size]));
      for (const { endpointId, head } of openStates(trail)) {
        const behind = head.entry + 1 - (signed.get(endpointId) ?? 0);
        if (behind <= 1) continue;
        notes.found({
          severity: 'advice',
          subject: endpointId,
          what: `${count(behind, 'snapshot')} of its log are not signed and archived yet.`,
          means: 'Until they are, whoever can write to the tables can change them without anybody who could tell.',
          todo: 'The next recordings do it. Where it stays, see the failures "checkpoint": key, archive, and whether the two agree ("cvpn-audit verify").',
        });
      }
    },
  };
}
