import { describe, expect, it } from 'vitest';
import { coverageBand } from '../../console/parts/coverage-band.ts';
import { readQuestion } from '../../console/question.ts';
import type { CoverageAnswer, EndpointCoverage } from '../../lambda/query/schemas/coverage.ts';
import { coverageLines, joinCoverage } from '../../words/coverage-words.ts';
import { askJson } from '../support/command/asked-api.ts';
import { ENDPOINT } from '../support/search/api-answers.ts';

const [SINCE, GAP_START, GAP_END, UNTIL] = ['20T00:00:00Z', '21T09:00:00Z', '21T10:00:00Z', '22T23:59:59Z'].map(
  (time) => `2026-11-${time}`,
) as [string, string, string, string];

const OFFICE: EndpointCoverage = {
  endpointId: ENDPOINT,
  name: 'office',
  complete: false,
  proven: [
    { start: SINCE, end: GAP_START },
    { start: GAP_END, end: UNTIL },
  ],
  gaps: [{ endpointId: ENDPOINT, start: GAP_START, end: GAP_END, reasons: ['no-run'] }],
};

const QUESTION = readQuestion('http://127.0.0.1/ui/now', {}, new Date(UNTIL));

const report = (...endpoints: EndpointCoverage[]): CoverageAnswer => ({
  window: { since: SINCE, until: UNTIL },
  complete: false,
  endpoints,
  assumptions: ['AWS lists it.'],
});

const shown = (json: CoverageAnswer, words: string, width?: number) =>
  askJson(json, `coverage${words}`, width === undefined ? {} : { width });

const PICTURE = /^09:00 ░░ ██ ░░$/m;
const TABLE = /^GAP +2026-11-21T09:00:00Z/m;

describe('coverage on a terminal', () => {
  it('draws the calendar above the table, and exits with 3 for the gap', async () => {
    const { code, out } = await shown(report(OFFICE), '', 80);
    expect(out.search(PICTURE)).toBeGreaterThan(0);
    expect(out.search(TABLE)).toBeGreaterThan(out.search(PICTURE));
    expect(code).toBe(3);
  });

  it('draws it alone, or not at all, where that is asked for', async () => {
    const alone = await shown(report(OFFICE), ' --calendar', 80);
    expect([PICTURE.test(alone.out), TABLE.test(alone.out), alone.code]).toEqual([true, false, 3]);
    const without = await shown(report(OFFICE), ' --no-calendar', 80);
    expect([PICTURE.test(without.out), TABLE.test(without.out), without.code]).toEqual([false, true, 3]);
  });

  it('draws the hours of the zone that is asked for', async () => {
    const { out } = await shown(report(OFFICE), ' --calendar --tz Europe/Berlin', 80);
    expect(out).toMatch(/^10:00 ░░ ██ ░░$/m);
    expect(out).toContain('hours down (Europe/Berlin)');
  });

  it('names each of several endpoints, in the picture and in the table', async () => {
    const other = { ...OFFICE, endpointId: 'cvpn-endpoint-0aaaaaaaaaaaaaaaa', name: 'lab' };
    const { out } = await shown(report(OFFICE, other), '', 80);
    expect(out.match(/^cvpn-endpoint-\w+ \((office|lab)\)$/gm)).toHaveLength(4);
  });

  it('says where an endpoint was created and deleted, and tells that time from what is proven', async () => {
    const lived = { ...OFFICE, createdAt: '2026-11-20T08:00:00Z', deletedAt: '2026-11-22T12:00:00Z' };
    const proven = [{ start: lived.createdAt, end: UNTIL }];
    const { out, said } = await shown(report({ ...lived, proven, gaps: [] }), ' --no-calendar', 100);
    expect(out.split('\n').slice(2, 5)).toEqual([
      expect.stringMatching(/^none +2026-11-20T00:00:00Z +2026-11-20T08:00:00Z +8h 0m +not-created$/),
      expect.stringMatching(/^proven +2026-11-20T08:00:00Z +2026-11-22T12:00:00Z +2d 4h$/),
      expect.stringMatching(/^none +2026-11-22T12:00:00Z +2026-11-22T23:59:59Z +11h 59m +deleted$/),
    ]);
    expect(said).toContain(`${ENDPOINT} was created at 2026-11-20T08:00:00Z: before, nobody was connected to it.`);
    expect(said).toContain(`${ENDPOINT} was deleted by 2026-11-22T12:00:00Z: since, nobody is connected to it.`);
  });
});

describe('coverage with a target of which nothing is recorded', () => {
  it('names it, and exits with 3 for it', async () => {
    const gap = { start: SINCE, end: UNTIL, reasons: ['assume-role'], ongoing: true };
    const of = { accountId: '111122223333', region: 'us-east-1' };
    const told = { ...report({ ...OFFICE, complete: true, gaps: [] }), gaps: [{ ...of, ...gap }] };
    const { code, said } = await shown(told, '', 80);
    expect(said).toContain('NOT COMPLETE: 1 gap.');
    const line = '111122223333 in us-east-1: nothing recorded from 2026-11-20T00:00:00Z on, so far (assume-role)';
    expect(said.replace(/\s+/g, ' ')).toContain(line);
    expect(code).toBe(3);
    const answer = {
      complete: false,
      gaps: [
        { ...of, ...gap },
        { ...of, ...gap, region: 'eu-west-1' },
      ],
    };
    const joined = joinCoverage(answer, answer);
    expect(joined.gaps).toEqual(answer.gaps);
    const lines = coverageLines(joined, report().window, 'UTC').join('\n');
    expect(lines).toContain(line);
    expect(lines).not.toContain('every endpoint');
    const band = await coverageBand(QUESTION, { coverage: joined, window: report().window, labels: new Map() });
    expect(band.toString()).toContain('111122223333 in us-east-1, 111122223333 in eu-west-1: nothing recorded from');
  });
});

describe('coverage in a pipe', () => {
  it('is the answer, without a picture', async () => {
    expect(JSON.parse((await shown(report(OFFICE), '')).out)).toEqual(report(OFFICE));
    expect((await shown(report(OFFICE), ' --output table')).out).not.toMatch(PICTURE);
  });

  it('is the picture where that is asked for', async () => {
    expect((await shown(report(OFFICE), ' --calendar')).out).toMatch(PICTURE);
  });

  it('does not take a picture for JSON: exit 2', async () => {
    const { code, said } = await shown(report(OFFICE), ' --calendar --output json');
    expect(code).toBe(2);
    expect(said).toContain('leave out --calendar, or --output json');
  });
});
