import { documentClient } from '../lambda/dynamodb/documents.ts';
import { checkCharges } from './query/charges.ts';
import { type History, makeHistory } from './query/history.ts';
import { itemBytes, readUnits } from './query/item-bytes.ts';
import { loadStore, storedItem } from './query/load.ts';
import { type Ask, meteredApp } from './query/metered-app.ts';
import { type Group, probesOf, questionsOf } from './query/questions.ts';
import { instantOf, NOW, OUTAGE } from './query/recording.ts';
import { writeLogs } from './query/snapshots.ts';
import { HEADER, lineOf, type Sample } from './query/table.ts';
import { checkAnswer } from './query/truth.ts';
import { DAY } from './query/visits.ts';

/** The same company, larger and longer: nine people for months, hundreds for years. */
const SIZES = [
  { connections: 1_000, people: 9 },
  { connections: 100_000, people: 240 },
  { connections: 1_000_000, people: 800 },
];

/**
 * What questions cost in read units and requests, on stores of several sizes; `--size N` measures one of them. Units are
 * what the store says in ConsumedCapacity, and every answer is compared with what really was.
 */
export async function benchQuery(): Promise<void> {
  const flag = process.argv.indexOf('--size');
  const size = flag < 0 ? undefined : Number(process.argv[flag + 1]);
  const sizes = SIZES.filter(({ connections }) => size === undefined || connections === size);
  if (sizes.length === 0) {
    throw new RangeError(`expected --size ${SIZES.map(({ connections }) => connections).join(', ')}; got ${size}`);
  }
  console.log('eventually consistent read units: a request costs at least half a one; least: the items in one request');
  for (const { connections, people } of sizes) await benchSize(makeHistory(connections, people));
}

async function benchSize(history: History): Promise<void> {
  describe(history);
  const groups = questionsOf(history);
  const store = await loadStore(history, (progress) => console.error(progress));
  try {
    await writeLogs(documentClient(store.client), history, probesOf(history));
    const compared = await checkCharges(store.client, history);
    console.log(`${compared} requests to its indexes were charged to the half unit by DynamoDB's rule`);
    console.log(HEADER);
    const ask = meteredApp(store);
    for (const group of groups) console.log(lineOf(group, await measure(ask, group, history)));
  } finally {
    await store.close();
  }
}

function describe({ visits, people, recording }: History): void {
  const long = visits.filter(({ start, end }) => end - start >= DAY).length;
  const days = Math.round((NOW - recording.first) / DAY);
  console.log(
    `\n${visits.length.toLocaleString('en')} connections: ${people.length} people in ${days} days, ${long} over 24 hours, an outage from ${instantOf(OUTAGE.before)} to ${instantOf(OUTAGE.after)}`,
  );
}

async function measure(ask: Ask, { questions }: Group, { visits, recording }: History): Promise<Sample[]> {
  const byId = new Map(visits.map((visit) => [visit.connectionId, visit]));
  const samples: Sample[] = [];
  for (const { path, expected } of questions) {
    const metered = await ask(path);
    checkAnswer(path, metered.connections, expected);
    const found = metered.connections.flatMap(({ connectionId }) => byId.get(connectionId) ?? []);
    const bytes = found.reduce((sum, visit) => sum + itemBytes(storedItem(visit, recording)), 0);
    samples.push({ ...metered, least: readUnits(bytes) });
  }
  return samples;
}
