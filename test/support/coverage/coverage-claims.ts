import { expect } from 'vitest';
import type { ConnectionsAnswer } from '../../../lambda/query/schemas/connection.ts';
import type { CoverageAnswer, EndpointCoverage } from '../../../lambda/query/schemas/coverage.ts';
import type { AskedTrail } from '../command/asked-trail.ts';
import {
  type CoverageEvidence,
  couldEscape,
  livesIn,
  mayBeGap,
  mayBePending,
  type Said,
  saidOf,
} from './coverage-oracle.ts';
import { HOUR, instantAt, type Life, secondAt } from './coverage-world.ts';

/** Of the lost, so many are asked for one by one each time. */
const ASKED_FOR = 4;

/**
 * Asks for the coverage of the whole time, and compares every second of it, and who is in the answers, with what really
 * happened.
 *
 * @returns who is lost
 * @throws Error, or what `expect` throws, for the first claim that is not true
 */
export async function expectTrueCoverage(asked: AskedTrail, evidence: CoverageEvidence): Promise<Life[]> {
  const [since, until] = [-2 * HOUR, Math.floor(evidence.asked) + HOUR / 4];
  const report = await asked.ask<CoverageAnswer>(`/coverage?${windowOf(since, until)}`);
  const [endpoint] = report.body.endpoints;
  // Nothing at all is known of it yet, and nothing is claimed.
  if (!endpoint) return [];
  expectHonest(endpoint, evidence, since, until);
  const { lives } = evidence.world;
  await expectWhole(asked, endpoint, lives);
  const { connections } = await connectionsIn(asked, since, until);
  const lost = missingFrom(connections, livesIn(lives, since, until));
  for (const { id, from, to } of lost.slice(0, ASKED_FOR)) {
    const { coverage } = await connectionsIn(asked, from, to);
    expect(coverage.complete, `${id} is lost, and its time is said to be complete`).toBe(false);
  }
  return lost;
}

/** Every second is said to be something, and rightly so. */
function expectHonest(endpoint: EndpointCoverage, evidence: CoverageEvidence, since: number, until: number): void {
  const said = saidOf(endpoint);
  const { world, isCreationKnown } = evidence;
  for (const { start, end } of endpoint.gaps) expect(start <= end, `a gap from ${start} to ${end}`).toBe(true);
  const isRight: Record<Said, (second: number) => boolean> = {
    proven: (second) => !couldEscape(evidence, second),
    gap: (second) => mayBeGap(evidence, second),
    pending: (second) => mayBePending(evidence, second),
    nothing: (second) => isCreationKnown && second <= world.created,
  };
  for (let second = since; second <= until; second++) {
    const word = said(second);
    if (isRight[word](second)) continue;
    throw new Error(`${instantAt(second)} is said to be ${word}, wrongly: ${JSON.stringify({ endpoint, evidence })}`);
  }
}

/** A stretch that is called proven is complete as a question too, and everybody who was there is in the answer. */
async function expectWhole(
  asked: AskedTrail,
  { proven, gaps }: EndpointCoverage,
  lives: readonly Life[],
): Promise<void> {
  const edges = new Set(gaps.flatMap(({ start, end }) => [start, end]));
  for (const { start, end } of proven) {
    const since = secondAt(start) + (edges.has(start) ? 1 : 0);
    const until = secondAt(end) - (edges.has(end) ? 1 : 0);
    if (since > until) continue;
    const { connections, coverage } = await connectionsIn(asked, since, until);
    expect(coverage, `from ${start} to ${end}`).toMatchObject({ complete: true, gaps: [] });
    const lost = missingFrom(connections, livesIn(lives, since, until));
    expect(lost, `lost from ${start} to ${end}, which is said to be proven`).toEqual([]);
  }
}

function missingFrom(connections: ConnectionsAnswer['connections'], lives: readonly Life[]): Life[] {
  const found = new Set(connections.map(({ connectionId }) => connectionId));
  return lives.filter(({ id }) => !found.has(id));
}

async function connectionsIn(asked: AskedTrail, since: number, until: number): Promise<ConnectionsAnswer> {
  const { status, body } = await asked.ask<ConnectionsAnswer>(`/connections?${windowOf(since, until)}&limit=1000`);
  expect(status).toBe(200);
  return body;
}

const windowOf = (since: number, until: number): string => `since=${instantAt(since)}&until=${instantAt(until)}`;
