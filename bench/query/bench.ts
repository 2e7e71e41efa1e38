import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { type Extent, sizesOf } from '../measuring.ts';
import { checkCharges } from './charges.ts';
import { type CompanyHistory, makeHistory } from './history.ts';
import { itemBytes, readUnitsOf } from './item-bytes.ts';
import { storedItem, withHistory } from './load.ts';
import { type MeteredAsk, meteredApp } from './metered-app.ts';
import { probesOf, type QuestionGroup, questionsOf } from './questions.ts';
import { instantOf, NOW, OUTAGE } from './recording.ts';
import { writeSnapshotLogs } from './snapshots.ts';
import { HEADER, type Sample, tableLine } from './table.ts';
import { checkAnswer } from './truth.ts';
import { DAY } from './visits.ts';

/** The same company, larger and longer: nine people for months, hundreds for years. */
const SIZES = {
  small: { connections: 1_000, people: 9 },
  100000: { connections: 100_000, people: 240 },
  1000000: { connections: 1_000_000, people: 800 },
};

/**
 * What questions cost in read units and requests, on stores of several sizes. Units are
 * what the store says in ConsumedCapacity, and every answer is compared with what really was.
 */
export async function bench(extent: Extent): Promise<void> {
  console.log('eventually consistent read units: a request costs at least half a one; least: the items in one request');
  for (const [, { connections, people }] of sizesOf(SIZES, extent)) await benchSize(makeHistory(connections, people));
}

async function benchSize(history: CompanyHistory): Promise<void> {
  describeHistory(history);
  const groups = questionsOf(history);
  await withHistory(history, async (store) => {
    await writeSnapshotLogs(documentClient(store.client), history, probesOf(history));
    const compared = await checkCharges(store.client, history);
    console.log(`${compared} requests to its indexes were charged to the half unit by DynamoDB's rule`);
    console.log(HEADER);
    const ask = meteredApp(store);
    for (const group of groups) console.log(tableLine(group, await measureGroup(ask, group, history)));
  });
}

function describeHistory({ visits, people, recording }: CompanyHistory): void {
  const long = visits.filter(({ start, end }) => end - start >= DAY).length;
  const days = Math.round((NOW - recording.first) / DAY);
  console.log(
    `\n${visits.length.toLocaleString('en')} connections: ${people.length} people in ${days} days, ${long} over 24 hours, an outage from ${instantOf(OUTAGE.before)} to ${instantOf(OUTAGE.after)}`,
  );
}

async function measureGroup(
  ask: MeteredAsk,
  { questions }: QuestionGroup,
  { visits, recording }: CompanyHistory,
): Promise<Sample[]> {
  const byId = new Map(visits.map((visit) => [visit.connectionId, visit]));
  const samples: Sample[] = [];
  for (const { path, expected } of questions) {
    const metered = await ask(path);
    checkAnswer(path, metered.connections, expected);
    const found = metered.connections.flatMap(({ connectionId }) => byId.get(connectionId) ?? []);
    const bytes = found.reduce((sum, visit) => sum + itemBytes(storedItem(visit, recording)), 0);
    samples.push({ ...metered, least: readUnitsOf(bytes) });
  }
  return samples;
}
