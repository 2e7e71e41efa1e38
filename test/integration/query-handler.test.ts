import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHandler } from '../../lambda/query/handler.ts';
import { ANALYST, settingsOf, settingsWithAccesses } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { apiGatewayEvent } from '../support/servers/api-gateway-event.ts';

let trail: RecordedTrail;
let errors: unknown[];

beforeEach(async () => {
  trail = await RecordedTrail.start();
  errors = [];
  trail.rows = { [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:58:34')] };
  await trail.recordTimes(1);
  await settingsWithAccesses(trail);
});
afterEach(() => trail.close());

async function invoke(event: APIGatewayProxyEventV2WithIAMAuthorizer): Promise<APIGatewayProxyStructuredResultV2> {
  const settings = Object.entries(settingsOf(trail)).map(([name, value]) => [name, String(value)]);
  const handler = createHandler(Object.fromEntries(settings), {
    documents: trail.tables.documents,
    now: () => trail.now,
    onError: (error) => errors.push(error),
  });
  return (await handler(event as never, {} as Context)) as APIGatewayProxyStructuredResultV2;
}

describe('the query function', () => {
  it('answers an event of the API, and notes who signed it', async () => {
    const answer = await invoke(
      apiGatewayEvent('/connections', 'user=alice.example.com&status=active&status=terminated'),
    );
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ connections: [{ connectionId: 'cvpn-connection-0a' }] });
    expect(await trail.scan(settingsOf(trail).ACCESSES_TABLE)).toMatchObject([
      {
        principal: ANALYST,
        access: '2026-11-20T08:05:00Z#event-request-id',
        question: '/connections?user=alice.example.com&status=active&status=terminated',
        rows: 1,
      },
    ]);
  });

  it('gives a chunk as bytes, in the base64 that the API turns back', async () => {
    const [manifest] = await trail.manifests();
    const answer = await invoke(apiGatewayEvent(`/snapshots/${ALPHA}/2026-11-20T08:05:00Z/chunks/0`));
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true });
    const lines = gunzipSync(Buffer.from(answer.body ?? '', 'base64'));
    expect(createHash('sha256').update(lines).digest('hex')).toBe(manifest?.chunks[0]?.sha256);
  });

  it('finds a connection whose id is written with escapes', async () => {
    const answer = await invoke(apiGatewayEvent('/connections/cvpn%2Dconnection%2D0a'));
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ connection: { connectionId: 'cvpn-connection-0a' } });
  });

  it('answers a refusal as a problem document, with the id of the request', async () => {
    const answer = await invoke(apiGatewayEvent('/connections', 'limit=x'));
    expect(answer).toMatchObject({ statusCode: 400, headers: { 'content-type': 'application/problem+json' } });
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ requestId: 'event-request-id' });
  });

  it('answers nothing where the API does not say who signed', async () => {
    const { requestContext, ...event } = apiGatewayEvent('/connections');
    const { authorizer: _, ...unsigned } = requestContext;
    const answer = await invoke({ ...event, requestContext: unsigned } as never).catch((error: unknown) => error);
    expect(JSON.stringify(answer)).not.toContain('cvpn-connection');
    expect(await trail.scan(settingsOf(trail).ACCESSES_TABLE)).toEqual([]);
  });

  it('does not start in an environment that is not complete, and says what is wrong', () => {
    const ports = { documents: trail.tables.documents, now: () => trail.now, onError: () => undefined };
    const start = () => createHandler({ SNAPSHOTS_TABLE: 'S', INTERVAL_MINUTES: 'often' }, ports);
    for (const name of ['CONNECTIONS_TABLE', 'ACCESSES_TABLE', 'INTERVAL_MINUTES']) expect(start).toThrow(name);
  });
});
