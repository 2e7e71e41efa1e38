import * as z from 'zod/mini';
import { ENDPOINT_ID } from '../trail/endpoint-id.ts';
import { ACCOUNT_ID, REGION_NAME } from '../trail/owner.ts';
import { present } from '../trail/present.ts';
import { accountOfRole, ROLE_ARN } from '../trail/role.ts';
import type { RecorderOptions } from './recorder.ts';

const told = (pattern: RegExp, expected: string) => z.string().check(z.regex(pattern, `expected ${expected}`));

/**
 * What one schedule records: an account and Region. What is absent is the recorder's own. With a role, that is assumed for it.
 */
export const targetShape = z.strictObject({
  account: z.optional(told(ACCOUNT_ID, 'an AWS account id: 12 digits')),
  region: z.optional(told(REGION_NAME, 'an AWS Region, like eu-central-1')),
  roleArn: z.optional(told(ROLE_ARN, 'the ARN of an IAM role')),
  /** Only these endpoints of it; all of them without. */
  endpoints: z.optional(z.array(told(ENDPOINT_ID, 'an id like cvpn-endpoint-0123456789abcdef0')).check(z.minLength(1))),
});

/** A target as the configuration and the schedule's event have it. */
export type Target = Readonly<z.output<typeof targetShape>>;

/**
 * The recorder's options for a target, which override those of its own account and Region. Where nothing tells the account that is asked,
 * that of the target is only expected: its logs would be closed by the list of another.
 *
 * @throws TypeError for a target whose account is not the one that would be asked: nothing is recorded under a wrong account
 */
export function optionsFor(options: RecorderOptions, { account, region, roleArn, endpoints }: Target): RecorderOptions {
  const asked = roleArn === undefined ? options.ACCOUNT_ID : accountOfRole(roleArn);
  if (account !== undefined && asked !== undefined && account !== asked) {
    const why = roleArn === undefined ? 'without a role, and the recorder is of' : `with the role ${roleArn} of`;
    throw new TypeError(`the target of account ${account} is ${why} account ${asked}; expected a role in ${account}`);
  }
  return {
    ...options,
    REGION: region ?? options.REGION,
    ENDPOINTS: endpoints ?? 'all',
    ...(asked === undefined ? present({ EXPECTED_ACCOUNT: account }) : { ACCOUNT_ID: asked }),
    IS_TARGET: true,
  };
}
