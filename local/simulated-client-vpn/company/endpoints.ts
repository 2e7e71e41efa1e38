import { longId } from '../derived-id.ts';
import type { EndpointFacts } from '../endpoint-description.ts';
import { FIRST_PLACE, type Place } from '../place.ts';

/** The company's three endpoints. */
export type EndpointKey = 'employees' | 'engineering' | 'partners';

/** An endpoint, and the networks its clients' addresses come from. */
export interface CompanyEndpoint extends EndpointFacts {
  readonly key: EndpointKey;
  /** The first 22 bits of the client CIDR, as a number. */
  readonly network: number;
}

const OFFICE = { clientCidrBlock: '10.100.0.0/22', network: 0x0a640000 };

/**
 * The endpoints of a seed: three, each with another kind of authentication. `employees` and `partners` have the same
 * client CIDR, as separate VPCs allow: an address alone does not say who it was. They are older than any simulated
 * instant.
 * @param partnersAt - where `partners` is: in another account and Region, where the company has two.
 */
export function companyEndpoints(
  seed: number,
  partnersAt: Place = FIRST_PLACE,
): Readonly<Record<EndpointKey, CompanyEndpoint>> {
  const named = <Key extends EndpointKey>(key: Key, place = FIRST_PLACE) => ({
    key,
    id: longId('cvpn-endpoint', seed, key),
    place,
    name: key,
  });
  return {
    employees: {
      ...named('employees'),
      description: 'Employees, by Active Directory',
      createdAt: Date.UTC(2019, 1, 4, 9, 12, 44),
      ...OFFICE,
      authentication: 'directory-service',
      transportProtocol: 'udp',
      sessionTimeoutHours: 8,
      dualStack: false,
    },
    engineering: {
      ...named('engineering'),
      description: 'Engineers and machines, by client certificate',
      createdAt: Date.UTC(2019, 4, 20, 14, 3, 7),
      clientCidrBlock: '10.200.0.0/22',
      network: 0x0ac80000,
      authentication: 'certificate',
      transportProtocol: 'udp',
      sessionTimeoutHours: 24,
      dualStack: true,
    },
    partners: {
      ...named('partners', partnersAt),
      description: 'Partners and contractors, by single sign-on',
      createdAt: Date.UTC(2019, 9, 11, 7, 40, 31),
      ...OFFICE,
      authentication: 'federated',
      transportProtocol: 'tcp',
      sessionTimeoutHours: 24,
      dualStack: false,
      connectHandler: 'device-posture',
    },
  };
}
