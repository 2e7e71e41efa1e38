/** What is known of an endpoint's name. */
export interface NamedEndpoint {
  readonly endpointId: string;
  /** Its tag `Name`. */
  readonly name?: string | undefined;
}

/** What each endpoint is called, by its id. */
export type EndpointLabels = ReadonlyMap<string, string>;

/**
 * What each endpoint is called where it must be told apart from the others: by its name, or by its id where it has none, where another
 * has the same, and where the name could be taken for an id.
 */
export function endpointLabels(endpoints: readonly NamedEndpoint[]): EndpointLabels {
  const bearers = Map.groupBy(endpoints, ({ name }) => name);
  return new Map(
    endpoints.map(({ endpointId, name }) => {
      const isClear = name !== undefined && bearers.get(name)?.length === 1 && !LIKE_AN_ID.test(name);
      return [endpointId, isClear ? name : shortId(endpointId)];
    }),
  );
}

/** The part of an id that is its own: all begin with the same words (EC2 API reference: `cvpn-endpoint-0123456789abcdef0`). */
export function shortId(id: string): string {
  return id.replace(PREFIX, '');
}

const PREFIX = /^cvpn-(?:endpoint|connection)-(?=.)/;
const LIKE_AN_ID = /^(?:cvpn-.*|[0-9a-f]{8}|[0-9a-f]{17})$/;
