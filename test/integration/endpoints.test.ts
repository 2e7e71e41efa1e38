import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALPHA, activeRow, BETA, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { errorXml, send } from '../support/servers/faulty-ec2.ts';

const alice = activeRow('cvpn-connection-0a', '2026-11-20 07:55:00');
let trail: RecordedTrail;

beforeEach(async () => {
  trail = await RecordedTrail.start();
  trail.rows = { [ALPHA]: [alice] };
});
afterEach(() => trail.close());

/** What AWS says of the endpoints is changed on its way. */
function describeEndpoints(change: (xml: string) => string): void {
  trail.ec2.fault = ({ action, reply }, response) => {
    if (action !== 'DescribeClientVpnEndpoints') return false;
    send(response, trail.now, { status: 200, xml: change(reply.xml) });
    return true;
  };
}

async function description(): Promise<string> {
  const item = (await trail.items('#endpoints')).find(({ slot }) => slot === `${ALPHA}#description`);
  return String(item?.description);
}

describe('the description of an endpoint', () => {
  it('is written again when it changes, and only then', async () => {
    await trail.record();
    describeEndpoints((xml) => xml.replace('172.31.0.0/16', '10.0.0.0/16'));
    await trail.recordAfter(5);
    expect(JSON.parse(await description())).toMatchObject({ clientCidrBlock: '10.0.0.0/16' });
    const ports = trail.ports();
    const written: string[] = [];
    ports.documents.middlewareStack.add(
      (next) => (args) => {
        written.push(JSON.stringify(args.input));
        return next(args);
      },
      { step: 'initialize' },
    );
    trail.now = new Date('2026-11-20T08:10:00Z');
    await trail.record({}, ports);
    expect(written.filter((input) => input.includes('10.0.0.0/16') && input.includes('#description'))).toEqual([]);
  });

  it('names the account, the one that is stored where the list cannot be had', async () => {
    await trail.record();
    describeEndpoints(() => errorXml('InternalError'));
    await trail.recordAfter(5);
    expect((await trail.manifests()).map(({ accountId }) => accountId)).toEqual(['123456789012', '123456789012']);
  });

  it('does not name the account where the recorder was told', async () => {
    trail.options = { ...trail.options, ACCOUNT_ID: '999988887777' };
    await trail.record();
    expect(await trail.connection('cvpn-connection-0a')).toMatchObject({ accountId: '999988887777' });
  });
});

describe('an endpoint', () => {
  it('that AWS still lists as deleted is closed', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [alice] };
    await trail.record();
    trail.ec2.fault = ({ action, parameters, reply }, response) => {
      if (parameters.get('ClientVpnEndpointId') === BETA) {
        send(response, trail.now, { status: 400, xml: errorXml('InvalidClientVpnEndpointId.NotFound') });
        return true;
      }
      if (action !== 'DescribeClientVpnEndpoints') return false;
      const [before, after] = [reply.xml.slice(0, reply.xml.indexOf(BETA)), reply.xml.slice(reply.xml.indexOf(BETA))];
      send(response, trail.now, { status: 200, xml: before + after.replace('<code>available', '<code>deleted') });
      return true;
    };
    const { endpoints, oldestSnapshotAgeSeconds } = await trail.recordAfter(5);
    expect(endpoints[1]).toMatchObject({ endpointId: BETA, outcome: 'closed' });
    expect(oldestSnapshotAgeSeconds).toBe(0);
    expect((await trail.log.readHead(BETA))?.state).toBe('closed');
    expect((await trail.recordAfter(5)).endpoints.map(({ endpointId }) => endpointId)).toEqual([ALPHA]);
  });

  it('that fails makes the oldest snapshot old, however new the others are', async () => {
    trail.rows[BETA] = [];
    await trail.record();
    trail.ec2.fault = ({ parameters }, response) => {
      if (parameters.get('ClientVpnEndpointId') !== BETA) return false;
      send(response, trail.now, { status: 403, xml: errorXml('UnauthorizedOperation') });
      return true;
    };
    expect((await trail.recordAfter(5)).oldestSnapshotAgeSeconds).toBe(300);
    expect((await trail.recordAfter(5)).oldestSnapshotAgeSeconds).toBe(600);
  });
});

describe('an answer that is not one', () => {
  it('is asked for again, an error of AWS’s with status 200 too', async () => {
    for (const xml of ['<html/>', errorXml('InternalError')]) {
      const asked = trail.ec2.requests.length;
      let answered = false;
      trail.ec2.fault = ({ action }, response) => {
        if (answered || action !== 'DescribeClientVpnConnections') return false;
        answered = true;
        send(response, trail.now, { status: 200, xml });
        return true;
      };
      const { failures } = await trail.recordAfter(5);
      expect(failures).toEqual([]);
      expect(trail.ec2.requests.length - asked).toBe(3);
    }
  });
});

describe('a gap', () => {
  it('names the failures of the list of endpoints beside the endpoint’s own', async () => {
    trail.options = { ...trail.options, ENDPOINTS: 'all' };
    await trail.record();
    trail.ec2.fault = ({ action }, response) => {
      const code = action === 'DescribeClientVpnEndpoints' ? 'InternalError' : 'UnauthorizedOperation';
      send(response, trail.now, { status: 403, xml: errorXml(code) });
      return true;
    };
    for (let time = 0; time < 12; time++) await trail.recordAfter(5);
    trail.ec2.fault = () => false;
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]?.gap?.reasons).toEqual(['access-denied', 'endpoint-list']);
  });
});
