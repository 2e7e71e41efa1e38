/** What is known of an endpoint's name, and of whose it is. */
export interface NamedEndpoint {
  readonly endpointId: string;
  /** Its tag `Name`. */
  readonly name?: string | undefined;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

/** What each endpoint is called, by its id. */
export type EndpointLabels = ReadonlyMap<string, string>;

/** Of which of these endpoints have more than one: only that is told beside them. */
export type SeveralOwners = Readonly<Record<(typeof OWNER)[number], boolean>>;

const OWNER = ['accountId', 'region'] as const;

/** Whether endpoints are of more than one account, and in more than one Region. */
export function severalOwners(endpoints: readonly NamedEndpoint[]): SeveralOwners {
  const isSeveral = (member: (typeof OWNER)[number]) => new Set(endpoints.flatMap((one) => one[member] ?? [])).size > 1;
  return { accountId: isSeveral('accountId'), region: isSeveral('region') };
}

/**
 * What each endpoint is called where it must be told apart from the others: by its name, with the Region or the account where another
 * has the same; by its id where that does not tell them apart, where it has no name, and where the name could be taken for an id.
 */
export function endpointLabels(endpoints: readonly NamedEndpoint[]): EndpointLabels {
  const bearers = Map.groupBy(endpoints, ({ name }) => name);
  return new Map(
    endpoints.map((endpoint) => {
      const { endpointId, name } = endpoint;
      const isClear = name !== undefined && !LIKE_AN_ID.test(name);
      const label = isClear ? apart(name, endpoint, bearers.get(name) ?? []) : undefined;
      return [endpointId, label ?? shortId(endpointId)];
    }),
  );
}

/** The name of an endpoint, with what tells it apart from all that bear it. */
function apart(name: string, endpoint: NamedEndpoint, bearers: readonly NamedEndpoint[]): string | undefined {
  if (bearers.length === 1) return name;
  const ways = [['region'], ['accountId'], OWNER] as const;
  const textOf = (one: NamedEndpoint, way: readonly (typeof OWNER)[number][]) => way.map((of) => one[of]).join(' ');
  const way = ways.find((one) => new Set(bearers.map((bearer) => textOf(bearer, one))).size === bearers.length);
  return way && `${name} (${textOf(endpoint, way)})`;
}

/** The labels where no column tells whose the endpoints are: with account and Region where there are several. */
export function ownedLabels(endpoints: readonly NamedEndpoint[]): EndpointLabels {
  const several = severalOwners(endpoints);
  const told = OWNER.filter((member) => several[member]);
  const labels = endpointLabels(endpoints);
  return new Map(
    endpoints.map((endpoint) => {
      const { endpointId, name } = endpoint;
      const label = labels.get(endpointId) ?? shortId(endpointId);
      const owner = told.flatMap((member) => endpoint[member] ?? []);
      const isTold = name !== undefined && label.startsWith(`${name} (`);
      return [endpointId, owner.length === 0 ? label : `${isTold ? name : label} (${owner.join(' ')})`];
    }),
  );
}

/** The part of an id that is its own: all begin with the same words (EC2 API reference: `cvpn-endpoint-0123456789abcdef0`). */
export function shortId(id: string): string {
  return id.replace(PREFIX, '');
}

const PREFIX = /^cvpn-(?:endpoint|connection)-(?=.)/;
const LIKE_AN_ID = /^(?:cvpn-.*|[0-9a-f]{8}|[0-9a-f]{17})$/;
