import { describe, expect, it } from 'vitest';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import type { Target } from '../../lambda/recorder/target.ts';
import { SECOND_PLACE } from '../../local/simulated-client-vpn/place.ts';
import { StsError } from '../../local/simulated-sts/roles.ts';
import { ofEachTest } from '../support/of-each-test.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import {
  type Circumstances,
  INTERVAL,
  OTHER,
  OWN,
  READER,
  startTwoAccounts,
} from '../support/recording/two-accounts.ts';

const accounts = ofEachTest(startTwoAccounts, (made) => made.close());

const both = [OWN, OTHER];
const times = (hours: number) => (hours * 60) / INTERVAL;

async function recordFor(hours: number, targets = both) {
  const summaries = [];
  for (let time = 0; time < times(hours); time += 1) summaries.push(await accounts.recordNext(targets));
  return summaries;
}

async function coverageOf(endpointId: string) {
  const { body } = await accounts.asked.ask<CoverageAnswer>(`/coverage?endpoint=${endpointId}`);
  const [endpoint] = body.endpoints;
  if (!endpoint) throw new Error('there is no such endpoint');
  const { accountId, region, complete, gaps } = endpoint;
  return { place: `${accountId}/${region}`, complete, gaps };
}

const minutesAgo = (minutes: number) =>
  `${new Date(accounts.trail.now.getTime() - minutes * 60_000).toISOString().slice(0, 19)}Z`;

type Outage = (now: Circumstances) => void;
const refuse =
  (code: string, status: number): Outage =>
  (now) => {
    now.onAssume = () => {
      throw new StsError(code, 'Said so.', status);
    };
  };

describe('a target that cannot be recorded', () => {
  it.each<[what: string, outage: Outage, reason: string, said: RegExp, hours?: number]>([
    [
      'refuses another external id',
      (now) => {
        now.externalId = 'guessed';
      },
      'assume-role',
      /Reader could not be assumed: STS answered AccessDenied\. Deploy ClientVpnAuditReader .* external id .* or take .* out of its targets$/,
    ],
    [
      'has its role deleted',
      (now) => {
        now.roles = [];
      },
      'assume-role',
      /STS answered AccessDenied/,
    ],
    ['is not trusted in its Region', refuse('RegionDisabledException', 403), 'assume-role', /RegionDisabledException/],
    [
      'has its role throttled',
      refuse('Throttling', 400),
      'throttled',
      /could not be assumed: AWS refused for its rate/,
    ],
    [
      'is in a Region that is down for a day',
      (now) => {
        now.regionDown = SECOND_PLACE.region;
      },
      'network',
      /cut/,
      24,
    ],
  ])('and %s has exactly its own gap, and the other none', async (_, outage, reason, said, hours = 3) => {
    const usual = { ...accounts.now };
    await recordFor(1);
    const lastBefore = accounts.trail.now;
    outage(accounts.now);
    for (const [own, other] of await recordFor(hours)) {
      expect(own?.failures).toEqual([]);
      const listed = reason === 'assume-role' ? reason : 'endpoint-list';
      expect(other?.failures.map((failure) => failure.reason)).toEqual([listed, reason]);
      expect(other?.failures.at(-1)?.message).toMatch(said);
    }
    expect(await coverageOf(BETA)).toMatchObject({ complete: false, gaps: [{ ongoing: true }] });
    Object.assign(accounts.now, usual);
    await recordFor(1);
    expect(await coverageOf(ALPHA)).toEqual({ place: '123456789012/eu-central-1', complete: true, gaps: [] });
    const { place, gaps } = await coverageOf(BETA);
    expect(place).toBe('111122223333/us-east-1');
    // What AWS still listed when it could be asked again is not lost: all but the last hour, by the allowance for clocks on both sides.
    const [start, end] = [new Date(lastBefore.getTime() - 120_000), minutesAgo((times(1) - 1) * INTERVAL + 60 - 2)];
    expect(gaps).toEqual([
      {
        endpointId: BETA,
        start: `${start.toISOString().slice(0, 19)}Z`,
        end,
        reasons: reason === 'assume-role' ? [reason] : [reason, 'endpoint-list'].sort(),
      },
    ]);
  });

  it('and leaves the trail for a day, and comes back, goes on where its log ended', async () => {
    await recordFor(1);
    await recordFor(24, [OWN]);
    expect(await coverageOf(BETA)).toMatchObject({ complete: false, gaps: [{ ongoing: true, reasons: ['no-run'] }] });
    await recordFor(1);
    const manifests = await accounts.trail.manifests(BETA);
    expect(manifests.map(({ entry, closedBecause }) => [entry, closedBecause])).toEqual(
      manifests.map((_, index) => [index, undefined]),
    );
    const [{ gaps }, own] = [await coverageOf(BETA), await coverageOf(ALPHA)];
    expect(gaps).toMatchObject([{ reasons: ['no-run'], end: minutesAgo(INTERVAL + 60 - 2) }]);
    expect(own.gaps).toEqual([]);
  });
});

describe('the recorder of a target', () => {
  it('assumes the role once a recording, says who it is, and gives the external id', async () => {
    const requests: unknown[] = [];
    accounts.now.onAssume = (request) => requests.push(request);
    await accounts.recordNext(both);
    expect(requests).toEqual([{ ...READER, sessionName: 'cvpn-audit-recorder' }]);
  });

  it('whose role was deleted learns it from EC2, then from STS, and goes on as soon as it is there again', async () => {
    accounts.now.isWarm = true;
    await accounts.recordNext(both);
    const reasons = async () => (await accounts.recordNext([OTHER]))[0]?.failures.map(({ reason }) => reason);
    accounts.now.roles = [];
    expect(await reasons()).toEqual(['endpoint-list', 'access-denied']);
    expect(await reasons()).toEqual(['assume-role', 'assume-role']);
    accounts.now.roles = [READER];
    expect(await reasons()).toEqual([]);
  });

  it('of which no endpoint is known yet reports the age of one that was never recorded', async () => {
    accounts.now.roles = [];
    expect(await accounts.recordNext([OTHER])).toMatchObject([
      { endpoints: [], failures: [{ reason: 'assume-role' }], oldestSnapshotAgeSeconds: 3600 },
    ]);
  });

  it('does not touch the log of another that it names by mistake', async () => {
    await accounts.recordNext(both);
    const of = (id: string) => async () =>
      (await accounts.trail.scan(accounts.trail.options.SNAPSHOTS_TABLE)).filter(
        ({ endpointId, slot }) => endpointId.startsWith(id) || slot.startsWith(id),
      );
    const ofAlpha = of(ALPHA);
    const before = await ofAlpha();
    const [recorded] = await accounts.recordNext([{ ...OTHER, endpoints: [ALPHA, BETA] }]);
    expect(recorded?.failures).toMatchObject([
      {
        endpointId: ALPHA,
        reason: 'endpoint-not-found',
        message: expect.stringContaining('123456789012/eu-central-1'),
      },
    ]);
    expect(recorded?.endpoints).toMatchObject([{ endpointId: BETA, outcome: 'committed' }]);
    expect(await ofAlpha()).toEqual(before);
  });

  it.each([
    [{ ...OTHER, account: OWN.account }, /with the role .* of account 111122223333; expected a role in 123456789012/],
    [{ ...OWN, account: OTHER.account }, /without a role, and the recorder is of account 123456789012/],
  ])('refuses one whose account is not the one that would be asked', async (target, message) => {
    await expect((async () => accounts.recordNext([target as Target]))()).rejects.toThrow(message);
  });
});
