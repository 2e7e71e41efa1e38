/**
 * A process that imports one bundle and says how long that took, in milliseconds, and, of the query function, how long it
 * then took to refuse a question that needs no store: `node started.ts BUNDLE_URL`.
 */
const [url = ''] = process.argv.slice(2);

const REFUSED = {
  version: '2.0',
  rawPath: '/connections',
  rawQueryString: 'limit=0',
  headers: { host: 'trail' },
  requestContext: {
    requestId: 'request-1',
    domainName: 'trail',
    http: { method: 'GET', path: '/connections' },
    authorizer: { iam: { userArn: 'arn:aws:iam::123456789012:user/analyst' } },
  },
};

const ENVIRONMENT = {
  SNAPSHOTS_TABLE: 'Snapshots',
  CONNECTIONS_TABLE: 'Connections',
  ACCESSES_TABLE: 'Accesses',
  INTERVAL_MINUTES: '5',
  EPSILON_SECONDS: '120',
};

interface Bundle {
  readonly handler?: (event: unknown, context: unknown) => Promise<{ readonly statusCode: number }>;
}

Object.assign(process.env, ENVIRONMENT);
const began = performance.now();
const { handler } = (await import(url)) as Bundle;
const imported = performance.now();
let answered: number | undefined;
if (handler) {
  const { statusCode } = await handler(REFUSED, {});
  if (statusCode !== 400) throw new Error(`expected the question to be refused with 400, got ${statusCode}`);
  answered = performance.now() - imported;
}
process.stdout.write(JSON.stringify({ imported: imported - began, answered }));
