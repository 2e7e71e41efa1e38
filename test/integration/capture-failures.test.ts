import { setTimeout as never } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Elements } from '../../lambda/trail/element.ts';
import { ALPHA, activeRow, BETA, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { type Ec2Fault, errorXml, send } from '../support/servers/faulty-ec2.ts';

let trail: RecordedTrail;
const alice = activeRow('cvpn-connection-0a', '2026-11-20 07:55:00');

beforeEach(async () => {
  trail = await RecordedTrail.start();
  trail.rows = {
    [ALPHA]: [alice],
    [BETA]: [activeRow('cvpn-connection-0b', '2026-11-20 07:50:00', { clientVpnEndpointId: BETA })],
  };
  await trail.record();
});
afterEach(() => trail.close());

/** Answers the requests for ALPHA's connections, and no others, in a way of its own. */
function onAlpha(fault: Ec2Fault): Ec2Fault {
  return (asked, response, request) =>
    asked.parameters.get('ClientVpnEndpointId') === ALPHA && fault(asked, response, request);
}

function answering(status: number, xml: string): Ec2Fault {
  return onAlpha((_, response) => {
    send(response, trail.now, { status, xml });
    return true;
  });
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

describe('an answer with status 200 that is not the answer', () => {
  it('is a failure where it is an error of AWS’s', async () => {
    trail.ec2.fault = answering(200, errorXml('InternalError'));
    await expectOnlyAlphaFailed('aws-error', { awsCode: 'InternalError' });
  });

  it('is throttling where it says so', async () => {
    trail.ec2.fault = answering(200, errorXml('RequestLimitExceeded'));
    await expectOnlyAlphaFailed('throttled', { awsCode: 'RequestLimitExceeded' });
  });

  it('is a failure where it is HTML', async () => {
    trail.ec2.fault = answering(200, '<!DOCTYPE html><html><body><p>Sign in to the network</p></body></html>');
    await expectOnlyAlphaFailed('malformed-answer');
  });

  it('is a failure where it is HTML that is no XML', async () => {
    trail.ec2.fault = answering(200, '<!DOCTYPE html><html><meta charset=utf-8><br>Sign in');
    await expectOnlyAlphaFailed('malformed-answer');
  });

  it('is a failure without a list of connections, which is not an empty list', async () => {
    trail.ec2.fault = answering(
      200,
      '<DescribeClientVpnConnectionsResponse><requestId>r</requestId></DescribeClientVpnConnectionsResponse>',
    );
    await expectOnlyAlphaFailed('malformed-answer');
  });

  it('is a failure where it is empty', async () => {
    trail.ec2.fault = answering(200, '');
    await expectOnlyAlphaFailed('malformed-answer');
  });

  it('is a failure where the XML is cut short though its length is as announced', async () => {
    trail.ec2.fault = onAlpha(({ reply }, response) => {
      send(response, trail.now, { status: 200, xml: reply.xml.slice(0, -40) });
      return true;
    });
    await expectOnlyAlphaFailed('malformed-answer');
  });
});

describe('a connection to AWS that fails', () => {
  it('is a failure where the socket is cut in the middle of an answer', async () => {
    trail.ec2.fault = onAlpha(({ reply }, response) => {
      response.writeHead(200, { 'Content-Length': Buffer.byteLength(reply.xml), Date: trail.now.toUTCString() });
      response.write(reply.xml.slice(0, 200), () => response.destroy());
      return true;
    });
    await expectOnlyAlphaFailed('network');
  });

  it('is a failure where the socket is cut before the answer', async () => {
    trail.ec2.fault = onAlpha((_, response) => {
      response.destroy();
      return true;
    });
    await expectOnlyAlphaFailed('network');
  });

  it('is a failure at the deadline where no answer comes', async () => {
    trail.ec2.fault = onAlpha(() => {
      abortWhenBetaIsDone();
      return true;
    });
    await expectOnlyAlphaFailed('timeout');
  });

  it('is a failure at the deadline where the answer stalls', async () => {
    trail.ec2.fault = onAlpha(({ reply }, response) => {
      response.writeHead(200, { 'Content-Length': Buffer.byteLength(reply.xml), Date: trail.now.toUTCString() });
      response.write(reply.xml.slice(0, 200), abortWhenBetaIsDone);
      return true;
    });
    await expectOnlyAlphaFailed('timeout');
  });

  it('is a failure at the deadline where the answer drips', async () => {
    trail.ec2.fault = onAlpha(({ reply }, response) => {
      response.writeHead(200, { 'Content-Length': Buffer.byteLength(reply.xml), Date: trail.now.toUTCString() });
      let dripped = 0;
      const drip = () => {
        if (dripped === 100) abortWhenBetaIsDone();
        // Never the last character: the answer is always about to be whole.
        if (!response.destroyed && dripped < reply.xml.length - 1)
          response.write(reply.xml.charAt(dripped++), () => setImmediate(drip));
      };
      drip();
      return true;
    });
    await expectOnlyAlphaFailed('timeout');
  });

  /** The deadline comes when BETA is recorded: what it cuts off is ALPHA's answer alone. */
  function abortWhenBetaIsDone(): void {
    const poll = async () => {
      while ((await trail.manifests(BETA)).length < 2) await never(0);
      trail.stalls.abort();
    };
    void poll();
  }
});

describe('AWS’s own refusals', () => {
  it('are waited out where RequestLimitExceeded lasts for a while', async () => {
    trail.ec2.fault = onAlpha(({ before }, response) => {
      if (before > 3) return false;
      send(response, trail.now, { status: 503, xml: errorXml('RequestLimitExceeded') });
      return true;
    });
    const { failures } = await trail.recordAfter(5);
    expect(failures).toEqual([]);
    expect(await trail.manifests(ALPHA)).toHaveLength(2);
  });

  it('are a failure where RequestLimitExceeded goes on for ever', async () => {
    trail.ec2.fault = answering(503, errorXml('RequestLimitExceeded'));
    await expectOnlyAlphaFailed('throttled', {
      awsCode: 'RequestLimitExceeded',
      requestId: expect.any(String) as never,
    });
  });

  it('are a failure where the permission is missing', async () => {
    trail.ec2.fault = answering(403, errorXml('UnauthorizedOperation'));
    await expectOnlyAlphaFailed('access-denied', { awsCode: 'UnauthorizedOperation' });
  });

  it('are a failure where the endpoint is unknown though AWS lists it', async () => {
    trail.ec2.fault = answering(400, errorXml('InvalidClientVpnEndpointId.NotFound'));
    await expectOnlyAlphaFailed('endpoint-not-found', { awsCode: 'InvalidClientVpnEndpointId.NotFound' });
  });

  it('are a failure where AWS has an error of its own', async () => {
    trail.ec2.fault = answering(500, errorXml('InternalFailure'));
    await expectOnlyAlphaFailed('aws-error', { awsCode: 'InternalFailure' });
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
    trail.ec2.fault = onAlpha(({ reply }, response) => {
      xml ||= reply.xml;
      send(response, trail.now, { status: 200, xml });
      return true;
    });
    await expectOnlyAlphaFailed('repeated-token');
  });

  it('are recorded whole or not at all where a later one fails', async () => {
    trail.rows[ALPHA] = many;
    trail.ec2.fault = onAlpha(({ parameters }, response) => {
      if (!parameters.has('NextToken')) return false;
      send(response, trail.now, { status: 403, xml: errorXml('UnauthorizedOperation') });
      return true;
    });
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
    const ended = {
      ...first,
      status: { code: 'terminated' },
      connectionEndTime: '2026-11-20 08:04:59',
      timestamp: '2026-11-20 08:04:59',
    };
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
    trail.ec2.fault = ({ action }, response) => {
      if (action !== 'DescribeClientVpnEndpoints') return false;
      send(response, trail.now, { status: 200, xml: '<DescribeClientVpnEndpointsResponse/>' });
      return true;
    };
    const { endpoints, failures } = await trail.recordAfter(5);
    expect(endpoints.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
    expect(failures).toEqual([expect.objectContaining({ reason: 'endpoint-list' })]);
    expect(await trail.items('#endpoints#failures')).toEqual([expect.objectContaining({ reason: 'endpoint-list' })]);
  });

  it('that is missing an endpoint whose connections can still be read ends nothing', async () => {
    const { [ALPHA]: rows = [] } = trail.rows;
    trail.ec2.fault = ({ action, reply }, response) => {
      if (action !== 'DescribeClientVpnEndpoints') return false;
      send(response, trail.now, { status: 200, xml: reply.xml.replaceAll(ALPHA, 'cvpn-endpoint-0cccccccccccccccc') });
      return true;
    };
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]).toMatchObject({ endpointId: ALPHA, outcome: 'committed', connections: rows.length, ended: 0 });
  });
});
