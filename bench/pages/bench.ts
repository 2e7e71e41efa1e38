import { createConsole } from '../../console/app.ts';
import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { createQueryApp } from '../../lambda/query/app.ts';
import type { Ask } from '../../lambda/query/schemas/ask-trail.ts';
import { addSeconds, toInstant } from '../../lambda/trail/time.ts';
import { type Extent, figure, printRow, sizesOf } from '../measuring.ts';
import { makeHistory } from '../query/history.ts';
import { withHistory } from '../query/load.ts';
import { NOW } from '../query/recording.ts';
import { writeSnapshotLogs } from '../query/snapshots.ts';
import { DAY } from '../query/visits.ts';
import { ACCESSES_TABLE, type BenchStore, OPTIONS } from '../trail.ts';

const SIZES = { small: { connections: 1_000, people: 9 }, usual: { connections: 20_000, people: 240 } };
/** An aim: a page of 1,000 rows takes no longer than this beyond what the API takes. */
const AIM_MILLISECONDS = 100;

const now = () => new Date(NOW * 1000);
const since = (days: number) => addSeconds(toInstant(now()), -days * DAY);

const PAGES: Readonly<Record<string, string>> = {
  'connections, 1,000 rows': `/ui/connections?since=${since(3650)}&limit=1000`,
  'who is connected now': '/ui/now',
  'usage by person, 30 days': `/ui/reports/usage?since=${since(30)}`,
  'concurrency, 30 days': `/ui/reports/concurrency?since=${since(30)}`,
};

/** What pages take on the server beyond the answers of the API that they are made from. */
export async function bench(extent: Extent): Promise<void> {
  for (const [, { connections, people }] of sizesOf(SIZES, extent)) {
    const history = makeHistory(connections, people);
    await withHistory(history, async (store) => {
      await writeSnapshotLogs(documentClient(store.client), history, []);
      const times = extent.times ?? 9;
      console.log(
        `\n${figure(connections)} connections; medians of ${times}; aim: ${AIM_MILLISECONDS} ms beyond the API`,
      );
      printRow('', ['rows', 'questions', 'API ms', 'beyond ms', 'beyond / API', 'KB of HTML']);
      const show = pageTimer(store);
      for (const [name, path] of Object.entries(PAGES)) await benchPage(name, () => show(path), times);
    });
  }
}

interface Shown {
  readonly rows: number;
  readonly questions: number;
  readonly apiMilliseconds: number;
  readonly ownMilliseconds: number;
  readonly bytes: number;
}

async function benchPage(name: string, show: () => Promise<Shown>, times: number): Promise<void> {
  // The first one also compiles what the others use.
  await show();
  const all: Shown[] = [];
  for (let time = 0; time < times; time++) all.push(await show());
  const median = (of: (shown: Shown) => number) => all.map(of).sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
  const [api, own] = [median((one) => one.apiMilliseconds), median((one) => one.ownMilliseconds)];
  printRow(name, [
    figure(median((one) => one.rows)),
    figure(median((one) => one.questions)),
    figure(api, 1),
    figure(own, 1),
    `${figure(own / api, 2)}x`,
    figure(median((one) => one.bytes) / 1000),
  ]);
}

/** Makes pages, and tells for how long the API was waited for meanwhile. */
function pageTimer({ client }: BenchStore): (path: string) => Promise<Shown> {
  const onError = (error: unknown) => console.error(error);
  const settings = { ...OPTIONS, ACCESSES_TABLE };
  const api = createQueryApp({ documents: documentClient(client), settings, now, onError });
  const pages = createConsole({
    kind: 'local',
    now,
    onError,
    commandOptions: () => [],
    awsEndpoint: () => ({ url: 'http://127.0.0.1', region: 'eu-central-1' }),
  });
  let asked = 0;
  return async (path) => {
    let [questions, waiting, since, apiMilliseconds] = [0, 0, 0, 0];
    const ask: Ask = async (question) => {
      asked += 1;
      questions += 1;
      if (waiting++ === 0) since = performance.now();
      try {
        const caller = { principal: 'local:bench', requestId: `request-${asked}` };
        const response = await api.fetch(new Request(`http://trail${question}`), { caller });
        return new Response(await response.arrayBuffer(), response);
      } finally {
        waiting -= 1;
        if (waiting === 0) apiMilliseconds += performance.now() - since;
      }
    };
    const began = performance.now();
    const response = await pages.fetch(new Request(`http://127.0.0.1${path}`), ask);
    const html = await response.text();
    const ownMilliseconds = performance.now() - began - apiMilliseconds;
    if (response.status !== 200) throw new Error(`${path} was answered ${response.status}: ${html.slice(0, 1000)}`);
    const rows = html.match(/<th scope="row"/g)?.length ?? 0;
    return { rows, questions, apiMilliseconds, ownMilliseconds, bytes: Buffer.byteLength(html) };
  };
}
