import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import { AskedTrail } from '../support/command/asked-trail.ts';
import { expectTrueCoverage } from '../support/coverage/coverage-claims.ts';
import { type Days, days, type Happening } from '../support/coverage/coverage-days.ts';
import type { CoverageEvidence } from '../support/coverage/coverage-oracle.ts';
import { BEGIN, CoverageWorld, type WorldLives } from '../support/coverage/coverage-world.ts';
import { RecordedTrail } from '../support/recording/recorded-trail.ts';
import { crashAt } from '../support/servers/interrupted-clients.ts';

let trail: RecordedTrail;
let asked: AskedTrail;

async function startTrail(): Promise<void> {
  trail = await RecordedTrail.start();
  // Of one endpoint that AWS no longer lists nobody else tells whose it was.
  trail.options = { ...trail.options, ACCOUNT_ID: '123456789012' };
  trail.now = new Date(BEGIN + 700);
  asked = await AskedTrail.over(trail);
}
beforeEach(startTrail);
afterEach(() => trail.close());

async function recordOnce(aws: CoverageWorld, { kind, after, pace, crash }: Happening): Promise<void> {
  aws.pace = pace;
  aws.refuses = kind === 'refused';
  aws.beginSlot(after);
  const slot = trail.now;
  const ports = kind === 'crash' ? trail.ports() : undefined;
  if (ports) crashAt(ports, crash.call, crash.when);
  // A crash ends the run wherever it was; what is left in the tables is all there is.
  await trail.record({}, ports).catch(() => undefined);
  if (kind !== 'twice') return;
  const later = trail.now;
  trail.now = slot;
  await trail.record();
  trail.now = later;
}

async function evidenceOf(aws: CoverageWorld, { world, mostLag, lowestSkew }: Days): Promise<CoverageEvidence> {
  const endpoints = await trail.items('#endpoints');
  const connections = await trail.scan(trail.options.CONNECTIONS_TABLE);
  const mark = Number(connections.find(({ connectionId }) => connectionId.startsWith('#watermark'))?.entry ?? -1);
  const entries = await trail.manifests();
  const snapshots = entries.filter(({ kind }) => kind === 'snapshot');
  const closing = entries.find(({ kind }) => kind === 'closed');
  return {
    world,
    mostLag,
    lowestSkew,
    walks: snapshots.map(({ slot }) => aws.walks.get(slot) ?? []),
    projected: snapshots.filter(({ entry }) => entry <= mark).length,
    isCreationKnown: world.tellsCreation && endpoints.some(({ slot }) => slot.endsWith('#description')),
    asked: aws.seconds,
    missedReading: closing && aws.misses.get(closing.slot),
    isClosingProjected: closing !== undefined && closing.entry <= mark,
  };
}

describe('what is said to be proven', () => {
  it('misses nobody, and no time is doubted in which nobody can be missed', async () => {
    await fc.assert(
      fc
        .asyncProperty(days, async (all) => {
          const aws = new CoverageWorld(all.world, trail);
          for (const happening of all.happenings) {
            await recordOnce(aws, happening);
            // What a crash left half done is where an answer goes wrong.
            if (happening.asks || happening.kind === 'crash')
              await expectTrueCoverage(asked, await evidenceOf(aws, all));
          }
          await expectTrueCoverage(asked, await evidenceOf(aws, all));
          asked.throwHidden();
        })
        .beforeEach(async () => {
          await trail.close();
          await startTrail();
        }),
      { numRuns: 2 },
    );
  });

  it('rests on what AWS lists within epsilon: where it is later, somebody is lost, and the report names what was assumed', async () => {
    const calm = { pages: [{ seconds: 0, skew: 0 }], shuffle: 0 };
    const late = { id: 'cvpn-connection-late', from: 0, to: 30, lag: 600 };
    const world: WorldLives = {
      lives: [late],
      created: -1e6,
      tellsCreation: false,
      deleted: Number.POSITIVE_INFINITY,
      listedAfterDeletion: 0,
    };
    const aws = new CoverageWorld(world, trail);
    const well = { kind: 'well', pace: calm, crash: { call: 0, when: 'before' }, asks: false } as const;
    await recordOnce(aws, { ...well, after: 300 });
    await recordOnce(aws, { ...well, after: 56 * 60 });
    const window = 'since=2026-11-20T08:00:00Z&until=2026-11-20T08:00:30Z';
    const { body: answer } = await asked.ask<ConnectionsAnswer>(`/connections?${window}`);
    expect(answer).toMatchObject({ connections: [], coverage: { complete: true } });
    const { body: report } = await asked.ask<CoverageAnswer>(`/coverage?${window}`);
    expect(report.complete).toBe(true);
    expect(report.assumptions).toContain(
      'AWS lists a connection, and its clocks agree, within 120 seconds: the delay and the difference together.',
    );
  });
});
