import { type Kinds, MEMBER_NAMES, membersWith, traitsOf } from '../trail/connection-members.ts';
import {
  isBytes,
  isCount,
  isFlag,
  isHash,
  isInstant,
  isInteger,
  isListOf,
  isObjectOf,
  isOneOf,
  isText,
  type Judge,
  type Judges,
  optional,
} from '../trail/judged.ts';

const isSpan: Judge = (value) => Array.isArray(value) && value.length === 2 && value.every(isInstant);

const isFormer = isObjectOf({
  ...Object.fromEntries(membersWith({ keeps: 'identity' }).map((name) => [name, optional(isText)])),
  leftOut: optional(isCount),
  between: isSpan,
});

/** What an attribute of each kind holds. An end and unknown elements are stored in another form than a connection has them in. */
const KIND_JUDGES: Readonly<Record<keyof Kinds, Judge>> = {
  text: isText,
  address: isText,
  time: isInstant,
  flag: isFlag,
  seconds: isCount,
  count: isCount,
  counter: isInteger,
  texts: isListOf(isText),
  elements: isText,
  end: isOneOf('reported', 'inferred'),
  identities: isListOf(isFormer),
};

const MEMBER_JUDGES: Judges = Object.fromEntries(
  MEMBER_NAMES.map((name) => [name, traitsOf(name)] as const)
    .filter(([, { derived }]) => !derived)
    .map(([name, { kind, always }]) => [name, always ? KIND_JUDGES[kind] : optional(KIND_JUDGES[kind])]),
);

/** What the attributes of a stored connection hold; its index keys follow from them. */
export const CONNECTION_JUDGES: Judges = {
  ...MEMBER_JUDGES,
  lastEntry: isCount,
  endBetween: optional(isSpan),
  surelyUntil: optional(isInstant),
  sharesAddress: optional(isFlag),
};

/** Of a watermark. */
export const WATERMARK_JUDGES: Judges = {
  entry: isCount,
  slot: isInstant,
  s: optional(isInstant),
  f: isInstant,
  partialAfter: optional(isText),
  unlisted: isListOf(isObjectOf({ entry: isCount, slot: isInstant, from: optional(isInstant) })),
  networks: optional(isListOf(isText)),
};

/** Of one before the first entry is projected wholly: it is at entry -1, which has no times. */
export const FIRST_WATERMARK_JUDGES: Judges = {
  ...WATERMARK_JUDGES,
  entry: isOneOf(-1),
  slot: isText,
  s: optional(isText),
  f: isText,
};

/** Of what is stored beside a manifest. */
export const MANIFEST_HASHES_JUDGES: Judges = { leafHash: isHash, root: isHash };

/** Of a log's head. */
export const HEAD_JUDGES: Judges = {
  accountId: isText,
  region: isText,
  entry: isCount,
  lastSlot: isInstant,
  s: isInstant,
  f: isInstant,
  ownS: optional(isInstant),
  coveredFromS: optional(isInstant),
  coveredFromOwnS: optional(isInstant),
  unprovenBecause: optional(isListOf(isText)),
  gapsUntil: optional(isInstant),
  gapsOverlap: optional(isFlag),
  firstSeenAt: isInstant,
  state: isOneOf('open', 'closed'),
  closedBecause: optional(isText),
  hashes: isBytes,
};

/** Of the newest checkpoint. */
export const CHECKPOINT_JUDGES: Judges = {
  size: isCount,
  lastSlot: isText,
  hashes: isBytes,
  note: isText,
  publicKey: isHash,
};

/** Of a gap. */
export const GAP_JUDGES: Judges = { slot: isInstant, end: isInstant, reasons: isListOf(isText) };

/** Of a record of who asked, whose key begins with the time. */
export const ACCESS_JUDGES: Judges = {
  access: (value) => isText(value) && isInstant(value.split('#')[0]),
  principal: isText,
  question: isText,
  rows: isCount,
};

/** Of a target of which AWS listed no endpoint. */
export const LISTING_JUDGES: Judges = { slot: isText, listedAt: (value) => isText(value) && isInstant(value) };

/** Of a failure, whose key begins with the time of the attempt. */
export const FAILURE_JUDGES: Judges = {
  slot: (value) => isText(value) && isInstant(value.split('#')[0]),
  reason: isText,
  message: isText,
  awsCode: optional(isText),
  requestId: optional(isText),
  accountId: optional(isText),
  region: optional(isText),
  unfinished: optional(isListOf(isText)),
};
