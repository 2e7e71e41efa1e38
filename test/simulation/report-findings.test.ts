import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../../lambda/trail/address.ts';
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
  leastPast: fc.constantFrom(1, 3),
  zone: fc.constantFrom('UTC', 'Europe/Berlin'),
  hoursApart: fc.constantFrom(0, 1, 3),
  volumeFactor: fc.constantFrom(1, 2),
  changedWithin: fc.constantFrom(0, 60, 3600, 86_400),
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

/** The hour that the clocks of a zone show. */
const hourOf = (second: number, zone: string): number =>
  zone === 'UTC' ? new Date(second * 1000).getUTCHours() : Number(clock.format(second * 1000));
const clock = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', hour: '2-digit', hourCycle: 'h23' });

/** Rows in an order of their own. */
const inOrder = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();

describe('a report of findings', () => {
  it('finds what a look at all pairs and all past finds', async () => {
    await fc.assert(
      fc.asyncProperty(histories.map(withoutFormer), questions, async (history, question) => {
        const {
          window: [since = '', until = ''],
          pageRows,
          gapAt,
          zone,
          ...chosen
        } = question;
        const { overlap, shortCount, leastPast, hoursApart, volumeFactor, changedWithin } = chosen;
        const gaps = gapAt === undefined ? [] : [{ start: gapAt, end: gapAt, reasons: ['no-run'] }];
        const trail = new ReportTrail(history, { pageRows, gaps });
        const thresholds = {
          ...DEFAULT_THRESHOLDS,
          history: 30 * 86_400,
          ...chosen,
          volumeLeast: 5_000_000,
          longerThan: 43_200,
          shorterThan: 200,
          shortWithin: 86_400,
        };
        const { rows, coverage } = await reportFindings(trail.ports, { zone, since, until, thresholds });
        const found = (rule: string) => rows.filter((row) => row.rule === rule);

        const range: Range = [secondOf(since), secondOf(until)];
        const all = trail.connections.flatMap((connection) => {
          const known = { through: addSeconds(trail.projected(connection.endpointId), -120), margin: 120 };
          const answer = trail.answers.get(connection.connectionId);
          const name = connection.username ?? connection.commonName;
          const isListed = trail.verdict(connection, { since: addSeconds(since, -thresholds.history), until }) !== 'no';
          return answer && name !== undefined && isListed
            ? [{ id: connection.connectionId, key: nameKey(name), span: spanOf(answer, known), answer }]
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
        expect(inOrder(said)).toEqual(inOrder(places));

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

        const isPastUncertain = (gapAt !== undefined && gapAt <= since) || since > trail.pendingSince;
        const longs = all.flatMap(({ id, span }) => {
          const sure = lengthOf(span.lasted) > 43_200;
          const possibly = Number.isFinite(span.possible[1]) && lengthOf(span.possible) > 43_200;
          return within(span.possible, range) && (sure || possibly) ? [[id, sure ? undefined : true]] : [];
        });
        expect(inOrder(found('long-session').map((row) => [row.connectionIds[0], row.possible]))).toEqual(
          inOrder(longs),
        );

        const hours = keys.flatMap((key) => {
          const [past, now] = [-1, 0].map((before) =>
            all.filter(
              ({ key: other, span: { lasted } }) =>
                other === key && (before ? lasted[0] < range[0] : within([lasted[0], lasted[0]], range) !== undefined),
            ),
          ) as [typeof all, typeof all];
          // Each quarter of an hour of the past, by the clock; more than a day has all hours.
          const usual = new Set(
            past.flatMap(({ span: { lasted } }) => {
              const last = Math.min(lasted[1], range[0] - 1, lasted[0] + 90_000);
              const steps = Array.from(
                { length: Math.ceil((last - lasted[0]) / 900) },
                (_, at) => lasted[0] + at * 900,
              );
              return [...steps, last].map((second) => hourOf(second, zone));
            }),
          );
          const isNear = (hour: number) =>
            [...usual].some((one) => Math.min(Math.abs(one - hour), 24 - Math.abs(one - hour)) <= hoursApart);
          const unusual = now.filter(({ span }) => !isNear(hourOf(span.lasted[0], zone))).map(({ id }) => id);
          return past.length < leastPast || unusual.length === 0 ? [] : [[key, ...unusual.sort()]];
        });
        const saidHours = found('unusual-hours').map((row) => [nameKey(row.user), ...row.connectionIds.toSorted()]);
        expect(inOrder(saidHours)).toEqual(inOrder(hours));

        const volumes = keys.flatMap((key) =>
          (['ingressBytes', 'egressBytes'] as const).flatMap((member) => {
            const own = all.filter((one) => one.key === key);
            const bytesOf = ({ answer }: (typeof all)[number]) => Number(answer[member] ?? 0);
            const past = own.filter(({ span }) => span.possible[1] < range[0]);
            const most = Math.max(0, ...past.map(bytesOf));
            const unusual = own.filter(
              (one) => !past.includes(one) && bytesOf(one) > 5_000_000 && bytesOf(one) > volumeFactor * most,
            );
            const named = unusual.sort((one, other) => bytesOf(other) - bytesOf(one)).slice(0, 10);
            return past.length < leastPast || named.length === 0
              ? []
              : [[key, member === 'ingressBytes' ? 'sent' : 'received', ...named.map(({ id }) => id).sort()]];
          }),
        );
        const saidVolumes = found('unusual-volume').map((row) => [
          nameKey(row.user),
          row.says.split(' ')[0] ?? '',
          ...row.connectionIds.toSorted(),
        ]);
        expect(inOrder(saidVolumes)).toEqual(inOrder(volumes));
        for (const { pastIncomplete } of [...found('unusual-hours'), ...found('unusual-volume')]) {
          expect(pastIncomplete ?? false).toBe(isPastUncertain);
        }

        const held = all.flatMap((holder) =>
          [holder.answer.clientIp, holder.answer.clientIpv6].flatMap((address) =>
            address === undefined
              ? []
              : [{ ...holder, place: `${holder.answer.endpointId} ${canonicalAddress(address)}` }],
          ),
        );
        const hands = [...Map.groupBy(held, ({ place }) => place).values()].flatMap((holders) =>
          holders.slice(1).flatMap((before, index) => {
            const after = holders[index];
            const begins = after?.span.lasted[0] ?? 0;
            if (!after || after.key === before.key || !within([begins, begins], range)) return [];
            const [sure, possible] = [before.span.lasted[1], before.span.possible[1]].map(
              (end) => Number.isFinite(end) && begins - end <= changedWithin,
            );
            return sure || possible ? [[after.id, before.id, sure ? undefined : true]] : [];
          }),
        );
        expect(inOrder(found('changed-hands').map((row) => [...row.connectionIds, row.possible]))).toEqual(
          inOrder(hands),
        );

        const isOver = gapAt !== undefined && gapAt >= since && gapAt <= until;
        expect(coverage.complete).toBe(!isOver && until <= trail.pendingSince);
      }),
      { numRuns: 60 },
    );
  });
});
