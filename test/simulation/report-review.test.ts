import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../lambda/trail/connection.ts';
import { nameKey } from '../../lambda/trail/name-key.ts';
import { reportReview } from '../../reports/review/review.ts';
import { ReportTrail } from '../support/reports/report-trail.ts';
import { histories, moments } from '../support/search/random-history.ts';
import { PEOPLE, spelled } from '../support/search/spellings.ts';

const personKey = ({ username, commonName }: Partial<Connection>): string => nameKey(username ?? commonName ?? '');
/** As the API's `user`: by either name. */
const isUser = (name: string) => (called: Partial<Connection>) =>
  [called.username, called.commonName].some((one) => one !== undefined && nameKey(one) === nameKey(name));

const questions = fc.record({
  window: fc.uniqueArray(moments, { minLength: 2, maxLength: 2 }).map((ends) => ends.sort()),
  pageRows: fc.integer({ min: 1, max: 50 }),
  listed: fc.uniqueArray(fc.nat(PEOPLE.length + 1), { maxLength: PEOPLE.length }),
  spelling: fc.nat(11),
  hasGap: fc.boolean(),
});

describe('a report for an access review', () => {
  it('names each who connected, who never did, and who is not on the list, as the API would one by one', async () => {
    await fc.assert(
      fc.asyncProperty(histories, questions, async (history, question) => {
        const {
          window: [since = '', until = ''],
          pageRows,
          listed,
          spelling,
          hasGap,
        } = question;
        const gaps = hasGap ? [{ start: since, end: until, reasons: ['no-run'] }] : [];
        const trail = new ReportTrail(history, { pageRows, gaps });
        const names = listed.map((person) =>
          PEOPLE[person] ? spelled(PEOPLE, person, spelling) : `stranger-${person}`,
        );
        const people = names.map((name, line) => ({ names: [name], line }));
        const { rows, coverage } = await reportReview(trail.ports, { zone: 'UTC', since, until, people });

        const found = (isCalled: (called: Connection) => boolean) =>
          trail.connections.filter((one) => trail.verdict(one, { since, until }, isCalled) !== 'no');
        const all = trail.connections.flatMap((one): Partial<Connection>[] => [one, ...(one.former ?? [])]);
        for (const key of new Set(all.map(personKey))) {
          const row = rows.find(({ user = '', connections }) => connections > 0 && nameKey(user) === key);
          expect(row?.connections ?? 0).toBe(found((called) => personKey(called) === key).length);
          const isOff = (called: Connection) =>
            personKey(called) === key && !names.some((name) => isUser(name)(called));
          expect(row?.verdict === 'not-on-the-list').toBe(found(isOff).length > 0);
        }
        const isProven = coverage.complete && found((called) => personKey(called) === '').length === 0;
        const absent = names.filter((name) => found(isUser(name)).length === 0);
        const said = rows.filter(({ connections }) => connections === 0);
        expect(said.flatMap(({ user }) => user ?? []).sort()).toEqual([...absent].sort());
        expect(new Set(said.map(({ verdict }) => verdict))).toEqual(
          new Set(absent.length === 0 ? [] : [isProven ? 'never-connected' : 'not-seen']),
        );
      }),
      { numRuns: 25 },
    );
  });
});
