/** Every assumption that a statement of the trail may rest on, in the order in which they are told. */
const ASSUMPTIONS = {
  listing: 'AWS lists a connection until 60 minutes after its end (EC2 API reference, DescribeClientVpnConnections).',
  lag: 'AWS lists a connection, and its clocks agree, within EPSILON seconds: the delay and the difference together.',
  whole: 'An answer of AWS that is whole, by its pages and its tokens, leaves out no connection.',
  clocks:
    "AWS's clock and the machine's are never wrong by the same time at once; a difference that two snapshots in a row show is a clock that was set (ADR 31).",
  reads: 'A read of DynamoDB, and an index, follow what was written within seconds.',
  created: 'No connection is older than its endpoint, by the creation time that AWS gives.',
  deleted: 'An endpoint that AWS neither lists nor knows any more was deleted, and nobody is connected to it.',
  ids: 'AWS gives the id of a connection, or of an endpoint, to no other (ADR 16).',
  rows: 'A row that names another endpoint says nothing of this one; a row that names none is of the one that was asked (ADR 32).',
  newest:
    'Where AWS contradicts itself, its newest word counts; what a newer row leaves out stays as an older one said (ADR 4, ADR 29).',
  absence:
    'A connection that snapshots lack for 60 minutes, without a gap, has ended; one that lack it for less, or over a gap, may be connected (ADR 29).',
  holder:
    'An address has one holder at a time, unless AWS lists two: its next holder bounds an end that was only inferred (ADR 14, ADR 30).',
  addresses: 'An IPv6 address that holds an IPv4 address is that one (ADR 24).',
  people: 'Names that differ only in case or Unicode form are those of one person (ADR 23).',
  owner: 'An endpoint stays in its account and Region, and those of its log are right (ADR 50).',
  signature: 'Ed25519 and SHA-256 are not broken, and nobody but the trail can sign with its key.',
  ownKey: "The key that has signed is the trail's own: only what was verified names it.",
  ownClock: "This machine's clock is right: it tells what may have expired.",
} as const;

/** A reason why a statement may be wrong although nothing is. */
export type Assumption = keyof typeof ASSUMPTIONS;

/** What statements about gaps, and about time without any, rest on. */
export const OF_COVERAGE: readonly Assumption[] = ['listing', 'lag', 'whole', 'clocks'];

/** What connections, which are made from snapshots, rest on. */
export const OF_CONNECTIONS: readonly Assumption[] = ['ids', 'rows', 'newest', 'absence'];

/** What the filters of `GET /connections` add. */
export const OF_FILTERS: Readonly<Record<string, readonly Assumption[]>> = {
  user: ['people'],
  ip: ['holder', 'addresses'],
  account: ['owner'],
  region: ['owner'],
};

/**
 * What a proof by signatures adds.
 *
 * @param isPinned whether the verifier named the key
 */
export const ofProof = (isPinned: boolean): readonly Assumption[] =>
  isPinned ? ['signature'] : ['signature', 'ownKey'];

/**
 * The assumptions as sentences, each once, in one order. Every report has those that it rests on.
 *
 * @param epsilonSeconds the allowance for clock skew and listing lag; several where it was configured anew
 */
export function assumptionsOf(used: Iterable<Assumption>, epsilonSeconds: Iterable<number>): string[] {
  const names = new Set<string>(used);
  const allowed = [...new Set(epsilonSeconds)].sort((one, other) => one - other).join(' or ');
  return Object.entries(ASSUMPTIONS)
    .filter(([name]) => names.has(name))
    .map(([, text]) => text.replace('EPSILON', allowed));
}
