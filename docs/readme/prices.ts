/**
 * AWS's list prices in us-east-1 in US dollars, as of November 2026, from the pricing pages of each service. Free tiers
 * are left out, but for DynamoDB's 25 GB of storage. Other Regions differ by up to a half.
 */
export const PRICES = {
  /** A million write request units, on demand; a unit writes 1 KB. */
  writeUnits: 0.625,
  /** A million read request units, on demand; a unit reads 4 KB, strongly consistent. */
  readUnits: 0.125,
  /** A GB of table or index a month, above {@link FREE_STORAGE_GB}. */
  storageGb: 0.25,
  /** A GB of table a month under point-in-time recovery; indexes are not counted. */
  recoveryGb: 0.2,
  /** A dashboard of CloudWatch a month; the first three of an account, of up to 50 metrics each, are free. */
  dashboard: 3,
  /** A GB-second of Lambda on arm64. */
  lambdaGbSecond: 0.000_013_333_4,
  /** A million requests to Lambda. */
  lambdaRequests: 0.2,
  /** A million requests to an HTTP API of API Gateway; beyond 300 million a month less. */
  httpApi: 1,
  /** A million invocations by EventBridge Scheduler. */
  scheduler: 1,
  /** A custom metric a month. */
  metric: 0.3,
  /** A metric of an alarm a month. */
  alarmMetric: 0.1,
  /** A GB of log taken in. */
  logGb: 0.5,
  /** A customer managed KMS key a month. */
  key: 1,
  /** Ten thousand signatures by an asymmetric KMS key. */
  signatures: 0.15,
  /** A thousand PUT or LIST requests to S3 Standard. */
  s3Writes: 0.005,
  /** A thousand GET requests to S3 Standard. */
  s3Reads: 0.0004,
  /** A GB in S3 Standard a month. */
  s3Gb: 0.023,
} as const;

/** GB of DynamoDB storage that are free in each Region. */
export const FREE_STORAGE_GB = 25;
