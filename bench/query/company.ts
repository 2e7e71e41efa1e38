import { type CompanyEndpoint, companyEndpoints } from '../../local/simulated-client-vpn/company/endpoints.ts';
import { habits } from '../../local/simulated-client-vpn/company/habits.ts';
import { namesFor, type PersonName, plain } from '../../local/simulated-client-vpn/company/names.ts';
import type { Person } from '../../local/simulated-client-vpn/company/people.ts';
import { ipv4Number } from '../../local/simulated-client-vpn/ipv4.ts';

/** Everything made up here follows from it. */
export const SEED = 20_261_119;

const simulated = companyEndpoints(SEED);
const PARTNERS_CIDR = '10.150.0.0/22';

/** The three endpoints of the simulated company, each with a client CIDR of its own: an address says whose it is. */
export const COMPANY_ENDPOINTS: readonly CompanyEndpoint[] = [
  simulated.employees,
  simulated.engineering,
  {
    ...simulated.partners,
    clientCidrBlock: PARTNERS_CIDR,
    network: ipv4Number(PARTNERS_CIDR.split('/')[0] ?? '') ?? 0,
  },
];

export function endpointOf({ endpoint }: Person): CompanyEndpoint {
  const found = COMPANY_ENDPOINTS.find(({ key }) => key === endpoint);
  if (!found) throw new RangeError(`there is no endpoint ${endpoint}`);
  return found;
}

/** So many people, in turn at each of the endpoints; at most 2,304. */
export function hire(count: number): Person[] {
  return namesFor(SEED, count).map((name, index) => {
    const { key } = COMPANY_ENDPOINTS[index % COMPANY_ENDPOINTS.length] ?? simulated.employees;
    return {
      index,
      endpoint: key,
      habit: habits.office,
      utcOffset: 0,
      sleepy: false,
      traffic: (['desk', 'calls', 'terminal'] as const)[index % 3] ?? 'desk',
      ipv6: index % 2 === 0,
      ...identityOf(key, name),
    };
  });
}

/** What each kind of authentication lets AWS know: one name twice, a certificate's name, two names. */
function identityOf(key: Person['endpoint'], { first, last }: PersonName): Pick<Person, 'commonName' | 'username'> {
  const username = `${plain(first)}.${plain(last)}`;
  if (key === 'employees') return { commonName: username, username };
  if (key === 'engineering') return { commonName: `${username}.vpn.corp.example` };
  return { commonName: `${username}@partner.example`, username };
}
