import * as z from 'zod';
import { ENDPOINT_ID } from '../lambda/trail/endpoint-id.ts';
import { ACCOUNT_ID, REGION_NAME } from '../lambda/trail/owner.ts';
import { EXTERNAL_ID, ROLE_ARN } from '../lambda/trail/role.ts';
import { list, text, told } from './setting.ts';
import { MOST_NAMED_ENDPOINTS, MOST_TARGETS } from './targets.ts';

const distinct = (values: readonly string[]) => new Set(values).size === values.length;

/** `all` Client VPN endpoints, or some by their ids. */
export const endpointsToRecord = z
  .preprocess(
    list,
    z.union([z.literal('all'), z.array(text(ENDPOINT_ID)).min(1).max(MOST_NAMED_ENDPOINTS).refine(distinct)]),
  )
  .default('all');

/** No tokens: account and Region are in logical ids, and two targets must be told apart at synth. */
const target = z.strictObject({
  account: z.string().regex(ACCOUNT_ID).optional(),
  region: z.string().regex(REGION_NAME).optional(),
  roleArn: z.string().regex(ROLE_ARN).optional(),
  endpoints: endpointsToRecord,
});

/** With `-c`, JSON. What is none stays as it is, and is refused. */
const json = (value: unknown) => {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
};

/** The settings of a trail of several accounts and Regions (ADR 45). */
export const targetSettings = {
  targets: told(
    z.preprocess(json, z.array(target).min(1).max(MOST_TARGETS)).optional(),
    'The accounts and Regions to record, each by its own schedule: see [A trail of several accounts](organization.md). A target without `account` or `region` is in those of the stack; one of another account has the `roleArn` of a role there (`ClientVpnAuditReader`)',
    `a list of 1 to ${MOST_TARGETS} objects of account (12 digits), region (like eu-central-1), roleArn (the ARN of an IAM role) and endpoints ("all" or ids), each of them optional (with -c, as JSON)`,
    'one target: the account and Region of the stack, and `endpoints`',
  ),
  externalId: told(
    text(EXTERNAL_ID).optional(),
    'What the roles of other accounts demand as `sts:ExternalId`, the same in all: a text that nobody else uses. It is no secret',
    '2 to 1224 letters, digits or any of _+=,.@:/-',
    'none: no role can be assumed',
  ),
};
