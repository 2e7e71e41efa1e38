/**
 * The tables and indexes of the trail, as plain data: the one source from which the CDK stack deploys them, from
 * which one machine creates them in its embedded engine, and from which `rebuild` makes a new projection.
 * Every key is a string. Names here are in customers' accounts: they may be added to, never changed.
 */

/** A global secondary index that carries whole items, so that a list is one index read and never a fan of GetItems. */
export interface IndexDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

/** One on-demand table. */
export interface TableDefinition {
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** The attribute DynamoDB expires items by (seconds since 1970, UTC), where a retention is configured. */
  readonly timeToLive: string;
  readonly indexes: readonly IndexDefinition[];
}

/** The evidence: manifests, chunks, gaps, failures and heads. See `docs/data.md`. */
export const SNAPSHOTS: TableDefinition = {
  partitionKey: 'endpointId',
  sortKey: 'slot',
  timeToLive: 'expiresAt',
  indexes: [],
};

/** The projection: one item a client connection, and one watermark item an endpoint. See `docs/data.md`. */
export const CONNECTIONS: TableDefinition = {
  partitionKey: 'connectionId',
  timeToLive: 'expiresAt',
  indexes: [
    { name: 'byEndpointDay', partitionKey: 'endpointDay', sortKey: 'start' },
    { name: 'byCommonName', partitionKey: 'commonNameKey', sortKey: 'start' },
    { name: 'byUsername', partitionKey: 'usernameKey', sortKey: 'start' },
    { name: 'byClientIp', partitionKey: 'clientIpKey', sortKey: 'start' },
    { name: 'byClientIpv6', partitionKey: 'clientIpv6Key', sortKey: 'start' },
    { name: 'bySpan', partitionKey: 'spanKey', sortKey: 'spanEnd' },
    { name: 'longByCommonName', partitionKey: 'longCommonNameKey', sortKey: 'longEnd' },
    { name: 'longByUsername', partitionKey: 'longUsernameKey', sortKey: 'longEnd' },
  ],
};

/** Who asked the trail what: one item an answer, kept for ever. See `docs/data.md`. */
export const ACCESSES: TableDefinition = {
  partitionKey: 'day',
  sortKey: 'access',
  timeToLive: 'expiresAt',
  indexes: [],
};
