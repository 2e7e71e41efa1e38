import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameKey } from '../../lambda/trail/name-key.ts';
import { addSeconds } from '../../lambda/trail/time.ts';
import { reportFindings } from '../../reports/findings/findings.ts';
import { DEFAULT_THRESHOLDS } from '../../reports/findings/thresholds.ts';
import { type Range, type Span, secondOf, spanOf, within } from '../../reports/span.ts';
import { ReportTrail } from '../support/reports/report-trail.ts';
import { type History, histories, moments } from '../support/search/random-history.ts';

const questions = fc.record({
  window: fc.uniqueArray(moments, { minLength: 2, maxLength: 2 }).map((ends) => ends.sort()),
  pageRows: fc.integer({ min: 1, max: 50 }),
  overlap: fc.constantFrom(1, 600, 3600),
  shortCount: fc.constantFrom(2, 3),
  gapAt: fc.option(moments, { nil: undefined }),
});

/** Each connection under one name and address. */
const withoutFormer = ({ connections, recorded }: History): History => ({
  recorded,
  connections: connections.map(({ former: _former, ...one }) => one),
});

const lengthOf = (range: Range | undefined): number => (range ? range[1] - range[0] : -1);
const bounded = ({ possible, lasted }: Span): Range => [
  possible[0],
  Number.isFinite(possible[1]) ? possible[1] : Math.max(possible[0], lasted[1]),
];

describe('a report of findings', () => {
  it('finds what a look at all pairs and all past finds', async () => {
    await fc.assert(
      fc.asyncProperty(histories.map(withoutFormer), questions, async (history, question) => {
        const { window: [since = '', until = ''] = [], pageRows, overlap, shortCount, gapAt } = question;
        const gaps = gapAt === undefined ? [] : [{ start: gapAt, end: gapAt, reasons: ['no-run'] }];
        const trail = new ReportTrail(history, { pageRows, gaps });
        const thresholds = {
          ...DEFAULT_THRESHOLDS,
          history: 30 * 86_400,
          overlap,
          shortCount,
          shorterThan: 200,
          shortWithin: 86_400,
        };
        const { rows, coverage } = await reportFindings(trail.ports, { zone: 'UTC', since, until, thresholds });
        const found = (rule: string) => rows.filter((row) => row.rule === rule);

        const range: Range = [secondOf(since), secondOf(until)];
        const all = trail.connections.flatMap((connection) => {
          const known = { through: addSeconds(trail.projected(connection.endpointId), -120), margin: 120 };
          const answer = trail.answers.get(connection.connectionId);
          const name = connection.username ?? connection.commonName;
          const isListed = trail.verdict(connection, { since: addSeconds(since, -thresholds.history), until }) !== 'no';
          return answer && name !== undefined && isListed
            ? [{ id: connection.connectionId, key: nameKey(name), span: spanOf(answer, known) }]
            : [];
        });

        const places = all.flatMap(({ id, key, span }, index) => {
          const shared = all.slice(0, index).map((other) => {
            if (other.key !== key) return 'no';
            const sure = span.surely.flatMap((one) => other.span.surely.map((range) => within(one, range)));
            const isThere = (one: Range | undefined) =>
              lengthOf(one) >= overlap && within(one as Range, range) !== undefined;
            if (sure.some(isThere)) return 'certain';
            return isThere(within(bounded(span), bounded(other.span))) ? 'possible' : 'no';
          });
          const isSure = shared.includes('certain');
          return isSure || shared.includes('possible') ? [[id, isSure ? undefined : true]] : [];
        });
        const said = found('two-places').map(({ connectionIds, possible }) => [connectionIds[0], possible]);
        expect(said.sort()).toEqual(places.sort());

        const keys = [...new Set(all.map(({ key }) => key))];
        const starts = (key: string) => all.filter((one) => one.key === key).map(({ span }) => span.lasted[0]);
        expect(
          found('first-connection')
            .map(({ user }) => nameKey(user))
            .sort(),
        ).toEqual(keys.filter((key) => Math.min(...starts(key)) >= range[0]).sort());
        for (const { pastIncomplete, since: first } of found('first-connection')) {
          expect(pastIncomplete ?? false).toBe((gapAt !== undefined && gapAt <= first) || first > trail.pendingSince);
        }
        const many = keys.filter((key) => {
          const shorts = all
            .filter(
              (one) =>
                one.key === key &&
                lengthOf(one.span.possible) < 200 &&
                within([one.span.lasted[0], one.span.lasted[0]], range),
            )
            .map(({ span }) => span.lasted[0]);
          return shorts.some((from) => shorts.filter((at) => at >= from && at <= from + 86_400).length >= shortCount);
        });
        expect([...new Set(found('many-short').map(({ user }) => nameKey(user)))].sort()).toEqual(many.sort());
        const isOver = gapAt !== undefined && gapAt >= since && gapAt <= until;
        expect(coverage.complete).toBe(!isOver && until <= trail.pendingSince);
      }),
      { numRuns: 60 },
    );
  });
});
