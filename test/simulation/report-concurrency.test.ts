import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds, type Instant } from '../../lambda/trail/time.ts';
import { reportConcurrency } from '../../reports/concurrency/concurrency.ts';
import { ReportTrail } from '../support/reports/report-trail.ts';
import { histories, moments } from '../support/search/random-history.ts';

const windows = fc.uniqueArray(moments, { minLength: 2, maxLength: 2 }).map((ends) => ends.sort());
const questions = fc.record({ window: windows, pageRows: fc.integer({ min: 1, max: 50 }), isOpen: fc.boolean() });

/** How many the API lists at an instant: surely, and in all. */
function listedAt(trail: ReportTrail, at: Instant, endpointId: string | undefined): [atLeast: number, atMost: number] {
  const asked = trail.connections.filter((one) => endpointId === undefined || one.endpointId === endpointId);
  const verdicts = asked.map((one) => trail.verdict(one, { since: at, until: at }));
  return [verdicts.filter((one) => one === 'certain').length, verdicts.filter((one) => one !== 'no').length];
}

describe('a report of concurrency', () => {
  it('has at each moment as many as the API lists, and the maximum when it first was', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        questions,
        async (history, { window: [since = '', until = ''], isOpen, pageRows }) => {
          const trail = new ReportTrail(history, { pageRows });
          const report = await reportConcurrency(trail.ports, {
            zone: 'UTC',
            ...(isOpen ? {} : { since }),
            until,
            steps: true,
          });
          for (const { endpointId, atLeast, atMost } of report.rows) {
            const steps = report.steps.filter((step) => step.endpointId === endpointId);
            for (const [index, step] of steps.entries()) {
              const last = steps[index + 1] ? addSeconds(steps[index + 1]?.at ?? '', -1) : until;
              for (const at of [step.at, last]) {
                expect([step.atLeast, step.atMost]).toEqual(listedAt(trail, at, endpointId));
              }
            }
            for (const [peak, numbers] of [
              [atLeast, steps.map((step) => step.atLeast)],
              [atMost, steps.map((step) => step.atMost)],
            ] as const) {
              expect(peak.connections).toBe(Math.max(...numbers));
              if (peak.connections > 0) expect(peak.since).toBe(steps[numbers.indexOf(peak.connections)]?.at);
              const index = peak === atLeast ? 0 : 1;
              expect([peak.since, peak.until].map((at) => listedAt(trail, at, endpointId)[index])).toEqual([
                peak.connections,
                peak.connections,
              ]);
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
