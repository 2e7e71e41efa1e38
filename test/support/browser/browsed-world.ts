import type { Structure } from '../../../gateway/ec2-query-protocol/structure.ts';
import { describeEndpoint } from '../../../local/simulated-client-vpn/endpoint-description.ts';
import { FIRST_PLACE } from '../../../local/simulated-client-vpn/place.ts';
import { connectionTime } from '../../../local/simulated-client-vpn/utc-text.ts';
import type { World } from '../../../local/simulated-client-vpn/world.ts';

/** Two endpoints with one network, as separate VPCs allow. */
export const OFFICE = 'cvpn-endpoint-0aaaaaaaaaaaaaaaa';
export const LAB = 'cvpn-endpoint-0bbbbbbbbbbbbbbbb';

/** Names that somebody may put into a certificate. */
export const HOSTILE = {
  markup: '<img src=x onerror="document.title=1">',
  quotes: `"'\`&amp;</script><script>alert(1)</script>`,
  turned: 'gpj.\u202Eecila',
  long: `${'very-'.repeat(45)}long.example`,
  arabic: 'محمد.الأحمد',
} as const;

/** When it is: after a month in which clocks in Berlin were put forward, on 29 March at 01:00Z. */
export const NOW = new Date('2026-04-15T12:01:00Z');

interface Truth {
  readonly id: string;
  readonly endpoint: string;
  readonly name: string;
  readonly ip: string;
  readonly from: string;
  readonly to: string;
  /** Bytes a second that it sent; it received three times as many. */
  readonly rate: number;
}

const FOREVER = '2026-05-01T00:00Z';
const truth = (
  number: number,
  endpoint: string,
  name: string,
  ip: string,
  from: string,
  to = FOREVER,
  rate = 2000,
): Truth => ({
  id: `cvpn-connection-${number.toString(16).padStart(17, '0')}`,
  endpoint,
  name,
  ip,
  from: `2026-${from}`,
  to: to === FOREVER ? to : `2026-${to}`,
  rate,
});

// biome-ignore format: a table
const TRUTHS: readonly Truth[] = [
  truth(1, OFFICE, 'alice', '10.0.0.1', '03-17T08:10Z', '03-17T09:20Z'),
  truth(2, OFFICE, 'bob', '10.0.0.2', '03-17T08:40Z', '03-17T10:10Z'),
  truth(3, LAB, 'carol@lab.example', '10.0.0.1', '03-17T09:00Z', '03-17T10:00Z'),
  truth(4, OFFICE, 'alice', '10.0.0.3', '03-29T00:20Z', '03-29T01:40Z'),
  truth(5, LAB, 'alice', '10.0.0.4', '03-29T00:50Z', '03-29T01:30Z'),
  truth(6, OFFICE, 'bob', '10.0.0.1', '04-02T08:05Z', '04-02T09:05Z'),
  truth(7, OFFICE, 'dave', '10.0.0.1', '04-02T09:05Z', '04-02T09:50Z'),
  truth(8, LAB, HOSTILE.markup, '10.0.0.8', '04-15T11:02Z'),
  truth(9, LAB, HOSTILE.quotes, '10.0.0.9', '04-15T11:03Z'),
  truth(10, OFFICE, HOSTILE.turned, '10.0.0.10', '04-15T11:04Z'),
  truth(11, OFFICE, HOSTILE.long, '10.0.0.11', '04-15T11:05Z'),
  truth(12, OFFICE, HOSTILE.arabic, '10.0.0.12', '04-15T11:06Z'),
  truth(13, OFFICE, 'alice', '10.0.0.1', '04-15T11:12Z', FOREVER, 40_000),
  truth(14, LAB, 'bob', '10.0.0.1', '04-15T11:21Z'),
  truth(15, OFFICE, 'dave', '10.0.0.2', '04-15T11:15Z', '04-15T11:36Z'),
  truth(16, OFFICE, 'erin', '10.0.0.5', '04-15T11:58Z'),
];

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A small company, cheap to record: a month of it has a few connections, of which some are still there. */
export const BROWSED_WORLD: World = {
  endpoints: () => [describe(OFFICE, 'office'), describe(LAB, 'lab')],
  connections: (endpointId, at) =>
    TRUTHS.filter(({ endpoint, from, to }) => {
      const isListed = Date.parse(from) <= at.getTime() && at.getTime() < Date.parse(to) + HOUR;
      return endpoint === endpointId && isListed;
    }).map((one) => rowOf(one, at.getTime())),
};

function describe(id: string, name: string): Structure {
  return describeEndpoint({
    id,
    place: FIRST_PLACE,
    name,
    description: name,
    createdAt: Date.UTC(2026, 2, 17, 7),
    clientCidrBlock: '10.0.0.0/22',
    authentication: 'certificate',
    transportProtocol: 'udp',
    sessionTimeoutHours: 24,
    dualStack: false,
  });
}

function rowOf({ id, endpoint, name, ip, from, to, rate }: Truth, at: number): Structure {
  const [start, end] = [Date.parse(from), Math.min(at, Date.parse(to))];
  const isActive = at < Date.parse(to);
  const bytes = Math.floor((end - start) / 1000) * rate;
  return {
    clientVpnEndpointId: endpoint,
    timestamp: connectionTime(end),
    connectionId: id,
    connectionEstablishedTime: connectionTime(start),
    ingressBytes: String(bytes),
    egressBytes: String(3 * bytes),
    ingressPackets: String(Math.floor(bytes / 900)),
    egressPackets: String(Math.floor(bytes / 300)),
    clientIp: ip,
    commonName: name,
    status: { code: isActive ? 'active' : 'terminated' },
    connectionEndTime: isActive ? '-' : connectionTime(end),
  };
}

const times = (first: string, minutes: number, count: number) =>
  Array.from({ length: count }, (_, index) => new Date(Date.parse(`2026-${first}`) + index * minutes * MINUTE));

/** When it is recorded: on some days of the month, with gaps between them, and in the last hour. */
export const BROWSED_SLOTS: readonly Date[] = [
  ...times('03-17T08:00Z', 50, 4),
  ...times('03-29T00:15Z', 50, 3),
  ...times('04-02T08:00Z', 50, 4),
  ...times('04-15T11:00Z', 15, 4),
  ...times('04-15T11:55Z', 5, 2),
];
