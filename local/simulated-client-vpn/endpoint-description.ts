import type { Structure } from '../../gateway/ec2-query-protocol/structure.ts';
import { derivedUuid, hexDigits, longId } from './derived-id.ts';
import type { Place } from './place.ts';
import { endpointTime } from './utc-text.ts';

/** AWS's three kinds of client authentication. */
type Authentication = 'directory-service' | 'certificate' | 'federated';

/** The properties of a simulated endpoint. */
export interface EndpointFacts {
  readonly id: string;
  readonly place: Place;
  readonly name: string;
  readonly description: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly clientCidrBlock: string;
  readonly authentication: Authentication;
  readonly transportProtocol: 'tcp' | 'udp';
  /** 8, 10, 12 or 24: the hours after which a client must reconnect. */
  readonly sessionTimeoutHours: 8 | 10 | 12 | 24;
  /** Whether clients get an IPv6 address too. */
  readonly dualStack: boolean;
  /** The name of the client connect handler's function after AWS's prefix `AWSClientVPN-`. */
  readonly connectHandler?: string;
}

/** The ARN of something in a place; with another Region, or none, where it is not of the place's. */
const arn = ({ account, region }: Place, service: string, resource: string, ofRegion = region) =>
  `arn:aws:${service}:${ofRegion}:${account}:${resource}`;

/** The one item of `authenticationOptions`. */
const AUTHENTICATION: Readonly<Record<Authentication, (facts: EndpointFacts) => Structure>> = {
  'directory-service': ({ id }) => ({
    type: 'directory-service-authentication',
    activeDirectory: { directoryId: `d-${hexDigits(10, 'directory', id)}` },
  }),
  certificate: ({ id, place }) => ({
    type: 'certificate-authentication',
    mutualAuthentication: { clientRootCertificateChain: arn(place, 'acm', `certificate/${derivedUuid('root', id)}`) },
  }),
  federated: ({ place }) => ({
    type: 'federated-authentication',
    federatedAuthentication: { samlProviderArn: arn(place, 'iam', 'saml-provider/CompanySignOn', '') },
  }),
};

function connectOptions({ connectHandler, place }: EndpointFacts): Structure {
  if (connectHandler === undefined) return { enabled: 'false', status: { code: 'applied' } };
  const lambdaFunctionArn = arn(place, 'lambda', `function:AWSClientVPN-${connectHandler}`);
  return { enabled: 'true', lambdaFunctionArn, status: { code: 'applied' } };
}

/**
 * An endpoint as an item of DescribeClientVpnEndpoints (EC2 API reference, ClientVpnEndpoint); ids of other resources
 * follow from the endpoint's id.
 */
export function describeEndpoint(facts: EndpointFacts): Structure {
  const { id, place } = facts;
  return {
    clientVpnEndpointId: id,
    description: facts.description,
    status: { code: 'available' },
    creationTime: endpointTime(facts.createdAt),
    dnsName: `*.${id}.prod.clientvpn.${place.region}.amazonaws.com`,
    clientCidrBlock: facts.clientCidrBlock,
    dnsServer: ['10.0.0.2', '10.0.1.2'],
    splitTunnel: 'true',
    vpnProtocol: 'openvpn',
    transportProtocol: facts.transportProtocol,
    vpnPort: '443',
    serverCertificateArn: arn(place, 'acm', `certificate/${derivedUuid('server', id)}`),
    authenticationOptions: [AUTHENTICATION[facts.authentication](facts)],
    // The one structure whose elements AWS writes with capitals.
    connectionLogOptions: { Enabled: 'false' },
    tagSet: [{ key: 'Name', value: facts.name }],
    securityGroupIdSet: [longId('sg', id)],
    vpcId: longId('vpc', 'company'),
    clientConnectOptions: connectOptions(facts),
    sessionTimeoutHours: String(facts.sessionTimeoutHours),
    clientLoginBannerOptions: { enabled: 'false' },
    clientRouteEnforcementOptions: { enforced: 'false' },
    disconnectOnSessionTimeout: 'false',
    endpointIpAddressType: 'ipv4',
    trafficIpAddressType: facts.dualStack ? 'dual-stack' : 'ipv4',
  };
}
