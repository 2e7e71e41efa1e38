import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { createQueryApp } from '../../lambda/query/app.ts';
import type { QueryPorts } from '../../lambda/query/query-ports.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { ACCESSES_TABLE, type BenchStore, OPTIONS } from '../trail.ts';
import { NOW } from './recording.ts';

/** What a read of the trail is for. */
type Purpose = Parameters<NonNullable<QueryPorts['onRead']>>[0];

/** What requests cost: how many, and the units that the store says they consumed. */
interface Cost {
  readonly requests: number;
  readonly units: number;
}

/** An answer, all its pages together, and what it cost. */
export interface Metered {
  readonly connections: readonly ConnectionAnswer[];
  readonly cost: Readonly<Record<Purpose | 'note', Cost>>;
}

/** Asks the API as its callers do, and counts what each question costs. */
export type MeteredAsk = (question: string) => Promise<Metered>;

interface Body {
  readonly connections?: readonly ConnectionAnswer[];
  readonly connection?: ConnectionAnswer;
  readonly cursor?: string;
}

/** The query app over a store. */
export function meteredApp({ client }: BenchStore): MeteredAsk {
  let spent: [purpose: Purpose | 'note', units: number][] = [];
  const app = createQueryApp({
    documents: documentClient(client),
    settings: { ...OPTIONS, ACCESSES_TABLE },
    now: () => new Date(NOW * 1000),
    onError: (error) => console.error(error),
    onRead: (purpose, consumed) => spent.push([purpose, consumed?.CapacityUnits ?? Number.NaN]),
    onNote: (consumed) => spent.push(['note', consumed?.CapacityUnits ?? Number.NaN]),
  });
  let asked = 0;
  const fetchPage = async (question: string): Promise<Body> => {
    asked += 1;
    const caller = { principal: 'arn:aws:iam::123456789012:user/analyst', requestId: `request-${asked}` };
    const response = await app.fetch(new Request(`http://trail${question}`), { caller });
    if (response.status !== 200)
      throw new Error(`${question} was answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  };
  return async (question) => {
    spent = [];
    const connections: ConnectionAnswer[] = [];
    for (let page = await fetchPage(question); ; ) {
      connections.push(...(page.connections ?? []), ...(page.connection ? [page.connection] : []));
      if (page.cursor === undefined) break;
      page = await fetchPage(`${question}&cursor=${page.cursor}`);
    }
    const of = (wanted: Purpose | 'note'): Cost => {
      const units = spent.filter(([purpose]) => purpose === wanted).map(([, one]) => one);
      return { requests: units.length, units: units.reduce((sum, one) => sum + one, 0) };
    };
    return {
      connections,
      cost: { index: of('index'), coverage: of('coverage'), snapshot: of('snapshot'), note: of('note') },
    };
  };
}
