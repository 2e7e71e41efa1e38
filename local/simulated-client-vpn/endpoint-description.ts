import type { Structure } from '../../gateway/ec2-query-protocol/structure.ts';
import { derivedUuid, hexDigits, longId } from './derived-id.ts';
import { endpointTime } from './utc-text.ts';

/** AWS's three kinds of client authentication. */
type Authentication = 'directory-service' | 'certificate' | 'federated';

/** The properties of a simulated endpoint. */
export interface EndpointFacts {
  readonly id: string;
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

/** AWS's own example account and a Region; both are only names here. */
const ACCOUNT = '123456789012';
const SIMULATED_REGION = 'eu-central-1';

const arn = (service: string, resource: string, region = SIMULATED_REGION) =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;

/** The one item of `authenticationOptions`, for an endpoint's id. */
const AUTHENTICATION: Readonly<Record<Authentication, (id: string) => Structure>> = {
  'directory-service': (id) => ({
    type: 'directory-service-authentication',
    activeDirectory: { directoryId: `d-${hexDigits(10, 'directory', id)}` },
  }),
  certificate: (id) => ({
    type: 'certificate-authentication',
    mutualAuthentication: { clientRootCertificateChain: arn('acm', `certificate/${derivedUuid('root', id)}`) },
  }),
  federated: () => ({
    type: 'federated-authentication',
    federatedAuthentication: { samlProviderArn: arn('iam', 'saml-provider/CompanySignOn', '') },
  }),
};

function connectOptions(handler: string | undefined): Structure {
  if (handler === undefined) return { enabled: 'false', status: { code: 'applied' } };
  const lambdaFunctionArn = arn('lambda', `function:AWSClientVPN-${handler}`);
  return { enabled: 'true', lambdaFunctionArn, status: { code: 'applied' } };
}

/**
 * An endpoint as an item of DescribeClientVpnEndpoints (EC2 API reference, ClientVpnEndpoint); ids of other resources
 * follow from the endpoint's id.
 */
export function describeEndpoint(facts: EndpointFacts): Structure {
  const { id } = facts;
  return {
    clientVpnEndpointId: id,
    description: facts.description,
    status: { code: 'available' },
    creationTime: endpointTime(facts.createdAt),
    dnsName: `*.${id}.prod.clientvpn.${SIMULATED_REGION}.amazonaws.com`,
    clientCidrBlock: facts.clientCidrBlock,
    dnsServer: ['10.0.0.2', '10.0.1.2'],
    splitTunnel: 'true',
    vpnProtocol: 'openvpn',
    transportProtocol: facts.transportProtocol,
    vpnPort: '443',
    serverCertificateArn: arn('acm', `certificate/${derivedUuid('server', id)}`),
    authenticationOptions: [AUTHENTICATION[facts.authentication](id)],
    // The one structure whose elements AWS writes with capitals.
    connectionLogOptions: { Enabled: 'false' },
    tagSet: [{ key: 'Name', value: facts.name }],
    securityGroupIdSet: [longId('sg', id)],
    vpcId: longId('vpc', 'company'),
    clientConnectOptions: connectOptions(facts.connectHandler),
    sessionTimeoutHours: String(facts.sessionTimeoutHours),
    clientLoginBannerOptions: { enabled: 'false' },
    clientRouteEnforcementOptions: { enforced: 'false' },
    disconnectOnSessionTimeout: 'false',
    endpointIpAddressType: 'ipv4',
    trafficIpAddressType: facts.dualStack ? 'dual-stack' : 'ipv4',
  };
}
