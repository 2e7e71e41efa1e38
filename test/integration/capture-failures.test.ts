import type { ServerResponse } from 'node:http';
import { setTimeout as never } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Elements } from '../../lambda/trail/element.ts';
import { ALPHA, activeRow, BETA, endedRow } from '../support/recording/recorded-trail.ts';
import { useTrail } from '../support/recording/use-trail.ts';
import { type Ec2Fault, type Ec2Request, errorXml } from '../support/servers/faulty-ec2.ts';

const alice = activeRow('cvpn-connection-0a', '2026-11-20 07:55:00');
const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:50:00', { clientVpnEndpointId: BETA });
const trail = useTrail({ [ALPHA]: [alice], [BETA]: [bob] }, (made) => made.record());

/** Answers the requests for ALPHA's connections, and no others, in a way of its own. */
function onAlpha(fault: Ec2Fault): Ec2Fault {
  return (asked, response, request) =>
    asked.parameters.get('ClientVpnEndpointId') === ALPHA && fault(asked, response, request);
}

/** ALPHA failed for the reason; nothing of it was recorded or ended, and BETA was recorded as ever. */
async function expectOnlyAlphaFailed(reason: string, more: Elements = {}): Promise<void> {
  const before = await trail.contents();
  const { endpoints, failures } = await trail.recordAfter(5);
  expect(endpoints.map(({ endpointId, outcome }) => [endpointId, outcome])).toEqual([
    [ALPHA, 'failed'],
    [BETA, 'committed'],
  ]);
  expect(failures).toEqual([expect.objectContaining({ endpointId: ALPHA, reason })]);
  expect(await trail.manifests(ALPHA)).toHaveLength(1);
  expect(await trail.manifests(BETA)).toHaveLength(2);
  expect(await trail.connection('cvpn-connection-0a')).toEqual({
    ...(await trail.connection('cvpn-connection-0a')),
    status: 'active',
  });
  const [noted] = await trail.items(`${ALPHA}#failures`);
  expect(noted).toMatchObject({
    reason,
    slot: expect.stringMatching(/^2026-11-20T08:05:00Z/),
    message: expect.any(String),
    ...more,
  });
  const after = await trail.contents();
  for (const [key, item] of before.snapshots) if (key.includes(ALPHA)) expect(after.snapshots.get(key)).toEqual(item);
}

/** The beginning of an answer, whose length is announced as that of the whole. */
function begin({ reply: { xml } }: Ec2Request, response: ServerResponse, then: () => void): true {
  response.writeHead(200, { 'Content-Length': Buffer.byteLength(xml), Date: trail.now.toUTCString() });
  response.write(xml.slice(0, 200), then);
  return true;
}

const HTML = '<!DOCTYPE html><html><body><p>Sign in to the network</p></body></html>';
const NO_LIST = '<DescribeClientVpnConnectionsResponse><requestId>r</requestId></DescribeClientVpnConnectionsResponse>';

describe('an endpoint fails, and nothing else does, where', () => {
  it.each<[string, Ec2Fault, reason: string, awsCode?: string]>([
    ['status 200 brings an error', ({ answer }) => answer(errorXml('InternalError')), 'aws-error', 'InternalError'],
    [
      'status 200 brings throttling',
      ({ answer }) => answer(errorXml('RequestLimitExceeded')),
      'throttled',
      'RequestLimitExceeded',
    ],
    ['it is HTML', ({ answer }) => answer(HTML), 'malformed-answer'],
    [
      'it is HTML that is no XML',
      ({ answer }) => answer('<!DOCTYPE html><html><meta charset=utf-8><br>Sign in'),
      'malformed-answer',
    ],
    ['there is no list of connections, which is not an empty one', ({ answer }) => answer(NO_LIST), 'malformed-answer'],
    ['it is empty', ({ answer }) => answer(''), 'malformed-answer'],
    [
      'the XML is cut short though its length is as announced',
      ({ answer, reply }) => answer(reply.xml.slice(0, -40)),
      'malformed-answer',
    ],
    [
      'the socket is cut in the middle of an answer',
      (asked, response) => begin(asked, response, () => response.destroy()),
      'network',
    ],
    ['the socket is cut before the answer', (_, response) => Boolean(response.destroy()), 'network'],
    [
      'RequestLimitExceeded goes on for ever',
      ({ refuse }) => refuse('RequestLimitExceeded', 503),
      'throttled',
      'RequestLimitExceeded',
    ],
    [
      'the permission is missing',
      ({ refuse }) => refuse('UnauthorizedOperation'),
      'access-denied',
      'UnauthorizedOperation',
    ],
    [
      'it is unknown though AWS lists it',
      ({ refuse }) => refuse('InvalidClientVpnEndpointId.NotFound', 400),
      'endpoint-not-found',
      'InvalidClientVpnEndpointId.NotFound',
    ],
    ['AWS has an error of its own', ({ refuse }) => refuse('InternalFailure', 500), 'aws-error', 'InternalFailure'],
  ])('%s', async (_, fault, reason, awsCode) => {
    trail.ec2.fault = onAlpha(fault);
    const more = awsCode === 'RequestLimitExceeded' ? { requestId: expect.any(String) as never } : {};
    await expectOnlyAlphaFailed(reason, awsCode === undefined ? {} : { awsCode, ...more });
  });
});

describe('an endpoint fails at the deadline, and nothing else does, where', () => {
  it.each<[string, Ec2Fault]>([
    ['no answer comes', () => abortWhenBetaIsDone()],
    ['the answer stalls', (asked, response) => begin(asked, response, abortWhenBetaIsDone)],
    [
      'the answer drips',
      ({ reply: { xml } }, response) => {
        response.writeHead(200, { 'Content-Length': Buffer.byteLength(xml), Date: trail.now.toUTCString() });
        let dripped = 0;
        const drip = () => {
          if (dripped === 100) abortWhenBetaIsDone();
          // Never the last character: the answer is always about to be whole.
          if (!response.destroyed && dripped < xml.length - 1)
            response.write(xml.charAt(dripped++), () => setImmediate(drip));
        };
        drip();
        return true;
      },
    ],
  ])('%s', async (_, fault) => {
    trail.ec2.fault = onAlpha(fault);
    await expectOnlyAlphaFailed('timeout');
  });

  /** The deadline comes when BETA is recorded: what it cuts off is ALPHA's answer alone. */
  function abortWhenBetaIsDone(): true {
    const poll = async () => {
      while ((await trail.manifests(BETA)).length < 2) await never(0);
      const { stalls } = trail;
      trail.stalls = new AbortController();
      stalls.abort();
    };
    void poll();
    return true;
  }
});

describe('RequestLimitExceeded', () => {
  it('is waited out where it lasts for a while', async () => {
    trail.ec2.fault = onAlpha(({ before, refuse }) => before <= 3 && refuse('RequestLimitExceeded', 503));
    const { failures } = await trail.recordAfter(5);
    expect(failures).toEqual([]);
    expect(await trail.manifests(ALPHA)).toHaveLength(2);
  });
});

describe('pages', () => {
  const many = Array.from({ length: 12 }, (_, index) =>
    activeRow(`cvpn-connection-${String(index).padStart(2, '0')}`, '2026-11-20 07:55:00'),
  );

  beforeEach(() => {
    trail.options = { ...trail.options, PAGE_SIZE: 5 };
  });

  it('whose token repeats are a failure, not an endless walk', async () => {
    trail.rows[ALPHA] = many;
    let xml = '';
    trail.ec2.fault = onAlpha(({ reply, answer }) => {
      xml ||= reply.xml;
      return answer(xml);
    });
    await expectOnlyAlphaFailed('repeated-token');
  });

  it('are recorded whole or not at all where a later one fails', async () => {
    trail.rows[ALPHA] = many;
    trail.ec2.fault = onAlpha(
      ({ parameters, refuse }) => parameters.has('NextToken') && refuse('UnauthorizedOperation'),
    );
    await expectOnlyAlphaFailed('access-denied');
    expect(await trail.connection('cvpn-connection-01')).toBeUndefined();
  });

  it('that repeat rows of the one before count each connection once and keep every row', async () => {
    trail.rows[ALPHA] = [...many.slice(0, 5), ...many.slice(0, 5), ...many.slice(5)];
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]).toMatchObject({ outcome: 'committed', connections: 12, anomalies: 6, pages: 4 });
    expect(await trail.storedRows()).toHaveLength(17);
  });

  it('between which a connection ends take its end', async () => {
    const [first, ...rest] = many;
    const ended = endedRow(first ?? {}, '2026-11-20 08:04:59');
    trail.rows[ALPHA] = [ended, ...rest.slice(0, 6), { ...first, timestamp: '2026-11-20 08:05:00' }, ...rest.slice(6)];
    await trail.recordAfter(5);
    expect(await trail.connection('cvpn-connection-00')).toMatchObject({
      status: 'terminated',
      endedAt: '2026-11-20T08:04:59Z',
    });
  });
});

describe('the list of endpoints', () => {
  it('that cannot be had is a failure, and the endpoints that are known are recorded all the same', async () => {
    trail.ec2.fault = ({ action, answer }) =>
      action === 'DescribeClientVpnEndpoints' && answer('<DescribeClientVpnEndpointsResponse/>');
    const { endpoints, failures } = await trail.recordAfter(5);
    expect(endpoints.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
    expect(failures).toEqual([expect.objectContaining({ reason: 'endpoint-list' })]);
    expect(await trail.items('#endpoints#failures')).toEqual([expect.objectContaining({ reason: 'endpoint-list' })]);
  });

  it('that is missing an endpoint whose connections can still be read ends nothing', async () => {
    const { [ALPHA]: rows = [] } = trail.rows;
    trail.ec2.fault = ({ action, reply, answer }) =>
      action === 'DescribeClientVpnEndpoints' && answer(reply.xml.replaceAll(ALPHA, 'cvpn-endpoint-0cccccccccccccccc'));
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]).toMatchObject({ endpointId: ALPHA, outcome: 'committed', connections: rows.length, ended: 0 });
  });
});
