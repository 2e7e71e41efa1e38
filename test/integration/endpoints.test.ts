import { describe, expect, it } from 'vitest';
import { ALPHA, activeRow, BETA } from '../support/recording/recorded-trail.ts';
import { useTrail } from '../support/recording/use-trail.ts';
import { errorXml } from '../support/servers/faulty-ec2.ts';

const alice = activeRow('cvpn-connection-0a', '2026-11-20 07:55:00');
const trail = useTrail({ [ALPHA]: [alice] });

/** What AWS says of the endpoints is changed on its way. */
function describeEndpoints(change: (xml: string) => string): void {
  trail.ec2.fault = ({ action, reply, answer }) => action === 'DescribeClientVpnEndpoints' && answer(change(reply.xml));
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
});

describe('an endpoint', () => {
  it('that AWS still lists as deleted is closed', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [alice] };
    await trail.record();
    trail.ec2.fault = ({ action, parameters, reply: { xml }, answer, refuse }) => {
      if (parameters.get('ClientVpnEndpointId') === BETA) return refuse('InvalidClientVpnEndpointId.NotFound', 400);
      if (action !== 'DescribeClientVpnEndpoints') return false;
      const place = xml.indexOf(BETA);
      return answer(xml.slice(0, place) + xml.slice(place).replace('<code>available', '<code>deleted'));
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
    trail.ec2.fault = ({ parameters, refuse }) =>
      parameters.get('ClientVpnEndpointId') === BETA && refuse('UnauthorizedOperation');
    expect((await trail.recordAfter(5)).oldestSnapshotAgeSeconds).toBe(300);
    expect((await trail.recordAfter(5)).oldestSnapshotAgeSeconds).toBe(600);
  });
});

describe('an answer that is not one', () => {
  it('is asked for again, an error of AWS’s with status 200 too', async () => {
    for (const xml of ['<html/>', errorXml('InternalError')]) {
      const asked = trail.ec2.requests.length;
      let answered = false;
      trail.ec2.fault = ({ action, answer }) => {
        if (answered || action !== 'DescribeClientVpnConnections') return false;
        answered = true;
        return answer(xml);
      };
      const { failures } = await trail.recordAfter(5);
      expect(failures).toEqual([]);
      expect(trail.ec2.requests.length - asked).toBe(3);
    }
  });
});

describe('a gap', () => {
  it('names the failures of the list of endpoints beside the endpoint’s own', async () => {
    await trail.record();
    trail.ec2.fault = ({ action, refuse }) =>
      refuse(action === 'DescribeClientVpnEndpoints' ? 'InternalError' : 'UnauthorizedOperation');
    await trail.recordTimes(12);
    trail.ec2.fault = () => false;
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]?.gap?.reasons).toEqual(['access-denied', 'endpoint-list']);
  });
});
