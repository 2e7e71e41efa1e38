import * as z from 'zod';
import { EXTERNAL_ID, ROLE_ARN } from '../lambda/trail/role.ts';
import { ConfigError } from './config.ts';
import { text } from './setting.ts';

/** The prefix of the reader's keys in the CDK's context. */
export const READER_PREFIX = 'cvpn-audit-reader:';

/** The name of an IAM role. */
export const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;

const EXPECTED = {
  recorderRoleArn: "the ARN of the recorder's role: the output RecorderRoleArn of the trail's stack",
  externalId: "the trail's externalId: 2 to 1224 letters, digits or any of _+=,.@:/-",
  roleName: 'the name of an IAM role: 1 to 64 letters, digits or any of _+=,.@-',
};

const reader = z.strictObject({
  recorderRoleArn: text(ROLE_ARN),
  externalId: text(EXTERNAL_ID),
  roleName: text(ROLE_NAME).optional(),
});

/** Who may read, and how, checked; each may be a token. */
export type ReaderSettings = z.infer<typeof reader>;

/**
 * What is given for a reader's role. An external id that is absent would make a role that demands none: it is refused, also of a caller
 * in JavaScript.
 *
 * @throws ConfigError that names each wrong key, what was given and what was expected
 */
export function parseReader(given: Readonly<Record<string, unknown>>): ReaderSettings {
  const read = reader.safeParse(given);
  if (read.success) return read.data;
  const unknown = Object.keys(given).filter((key) => !(key in EXPECTED));
  const lines = [
    ...unknown.map(
      (key) => `${READER_PREFIX}${key}: there is no such key; expected one of ${Object.keys(EXPECTED).join(', ')}`,
    ),
    ...Object.entries(EXPECTED)
      .filter(([key]) => read.error.issues.some(({ path }) => path[0] === key))
      .map(([key, expected]) => `${READER_PREFIX}${key}: got ${JSON.stringify(given[key])}; expected ${expected}`),
  ];
  throw new ConfigError(`The reader cannot be deployed:\n${lines.map((line) => `  ${line}\n`).join('')}`);
}
