/**
 * The tables and indexes of the trail, as plain data. The CDK stack deploys them from here, the embedded engine on one
 * machine gets them from here, and `rebuild` creates a new projection from here.
 * Every key is a string. The names are used in customers' accounts: add to them, never change them.
 */

/** A global secondary index that projects whole items, so that a list is one index read without further GetItems. */
export interface IndexDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

/** One on-demand table. */
export interface TableDefinition {
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** The time-to-live attribute (seconds since 1970, UTC), if a retention is configured. */
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

/** The projection: one item per client connection, and one watermark item per endpoint. See `docs/data.md`. */
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

/** Who asked the trail what: one item per answer, kept forever. See `docs/data.md`. */
export const ACCESSES: TableDefinition = {
  partitionKey: 'day',
  sortKey: 'access',
  timeToLive: 'expiresAt',
  indexes: [],
};
