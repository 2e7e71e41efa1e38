import { describe, expect, it } from 'vitest';
import { ALPHA, activeRow } from '../support/recording/recorded-trail.ts';
import { lists, useTrail } from '../support/recording/use-trail.ts';

const trail = useTrail();

/** Lets seconds pass at AWS before each answer. */
function answerAfter(...seconds: number[]): void {
  let page = 0;
  trail.ec2.fault = ({ action }) => {
    if (action === 'DescribeClientVpnConnections') {
      // The answer is sent at the new time; which rows are on it was settled before.
      trail.now = new Date(trail.now.getTime() + (seconds[page++] ?? 0) * 1000);
    }
    return false;
  };
}

/** @param ahead - what our own clock is ahead of AWS's, in seconds */
async function record(ahead = 0): Promise<void> {
  const now = () => new Date(trail.now.getTime() + ahead * 1000);
  const { failures } = await trail.record({}, { ...trail.ports(), now });
  expect(failures).toEqual([]);
}

describe('the times of a snapshot', () => {
  it('are those of the first request and of the last answer', async () => {
    trail.options = { ...trail.options, PAGE_SIZE: 5 };
    trail.rows[ALPHA] = Array.from({ length: 12 }, (_, index) =>
      activeRow(`cvpn-connection-${index}`, '2026-11-20 07:55:00'),
    );
    answerAfter(7, 20, 30);
    await record();
    expect(await trail.manifests()).toMatchObject([{ s: '2026-11-20T08:00:00Z', f: '2026-11-20T08:00:57Z', pages: 3 }]);
  });

  it.each([90, -90])('are by AWS’s clock, though ours is %i seconds ahead', async (seconds) => {
    answerAfter(7);
    await record(seconds);
    expect(await trail.manifests()).toMatchObject([{ s: '2026-11-20T08:00:00Z', f: '2026-11-20T08:00:07Z' }]);
  });

  it('are by our own clock where AWS gives no Date', async () => {
    trail.ec2.fault = ({ action, reply }, response) => {
      if (action !== 'DescribeClientVpnConnections') return false;
      response.sendDate = false;
      response.writeHead(200, { 'Content-Type': 'text/xml' }).end(reply.xml);
      return true;
    };
    await record(90);
    expect(await trail.manifests()).toMatchObject([{ s: '2026-11-20T08:01:30Z', f: '2026-11-20T08:01:30Z' }]);
  });
});

describe('the two clocks of a snapshot', () => {
  const times = async () => {
    const manifests = await trail.manifests();
    return manifests.map(({ s, f, ownS, ownF, clocksDiffer }) => ({ s, f, ownS, ownF, clocksDiffer }));
  };

  it('are both kept, and what passes is by neither: the machine’s is set back by an hour while it waits', async () => {
    trail.ec2.fault = ({ action }) => {
      if (action === 'DescribeClientVpnConnections') {
        trail.now = new Date('2026-11-20T08:00:09Z');
        trail.ahead = -3600;
      }
      return false;
    };
    await trail.record();
    const at = { s: '2026-11-20T08:00:00Z', f: '2026-11-20T08:00:09Z' };
    expect(await times()).toEqual([{ ...at, ownS: at.s, ownF: at.f, clocksDiffer: undefined }]);
    trail.ec2.fault = () => false;
    await trail.recordAfter(100);
    await trail.recordAfter(5);
    expect(await trail.items(`${ALPHA}#gaps`)).toMatchObject([{ slot: '2026-11-20T07:58:00Z' }]);
  });

  it('must go forward: a capture that ends before it begins fails', async () => {
    let elapsed = 0;
    const { failures } = await trail.record({}, { ...trail.ports(), elapsed: () => (elapsed -= 1000) });
    expect(failures.map(({ reason }) => reason)).toEqual(['endpoint-list']);
    expect(await trail.manifests()).toEqual([]);
  });

  it.each([
    ['ahead on a page in the middle', [0, 3600, 0], true],
    ['ahead on the last page', [0, 0, 3600], true],
    ['behind on the last page', [0, 0, -130], true],
    ['within epsilon on each', [0, 100, -10], undefined],
  ])('prove nothing where AWS’s is %s', async (_, ahead, clocksDiffer) => {
    trail.options = { ...trail.options, PAGE_SIZE: 5 };
    trail.rows[ALPHA] = Array.from({ length: 12 }, (_, index) =>
      activeRow(`cvpn-connection-${index}`, '2026-11-20 07:55:00'),
    );
    let page = 0;
    trail.ec2.fault = ({ action }) => {
      if (action === 'DescribeClientVpnConnections') trail.ec2.dateAhead = ahead[page++] ?? 0;
      return false;
    };
    await trail.record();
    const [only] = await times();
    expect(only?.clocksDiffer).toBe(clocksDiffer);
    expect((only?.s ?? '~') <= (only?.f ?? '')).toBe(true);
  });
});

describe('a manifest', () => {
  it('names AWS’s request of every page', async () => {
    trail.options = { ...trail.options, PAGE_SIZE: 5 };
    trail.rows[ALPHA] = Array.from({ length: 6 }, (_, index) =>
      activeRow(`cvpn-connection-${index}`, '2026-11-20 07:55:00'),
    );
    await record();
    const [manifest] = await trail.manifests();
    expect(manifest?.requestIds).toHaveLength(2);
    expect(new Set(manifest?.requestIds).size).toBe(2);
  });

  it('has one hash of the rows that do not parse, in whatever order AWS gives them', async () => {
    const odd = ['a', 'b'].map((id) => activeRow(`cvpn-connection-${id}`, 'a while ago'));
    await lists(trail, odd).record();
    await lists(trail, odd.toReversed()).recordAfter(5);
    const [first, second] = await trail.manifests();
    expect(first?.unparsed?.count).toBe(2);
    expect(second?.unparsed).toEqual(first?.unparsed);
  });
});

describe('a call', () => {
  it('is ended by its own deadline too, before that of the whole recording', async () => {
    await trail.record();
    const call = new AbortController();
    const asked: number[] = [];
    trail.ec2.fault = ({ action }) => {
      if (action !== 'DescribeClientVpnConnections') return false;
      call.abort();
      return true;
    };
    // The recording's signal is the first that is asked for.
    const timeout = (milliseconds: number) =>
      asked.push(milliseconds) === 1 ? new AbortController().signal : call.signal;
    trail.now = new Date('2026-11-20T08:05:00Z');
    const { failures } = await trail.record({}, { ...trail.ports(), timeout });
    expect(failures).toEqual([expect.objectContaining({ endpointId: ALPHA, reason: 'timeout' })]);
  });
});
