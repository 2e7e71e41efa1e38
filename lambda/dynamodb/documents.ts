import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, NumberValue } from '@aws-sdk/lib-dynamodb';

/**
 * The document client that the stores expect. It omits undefined members, and reads integers beyond JavaScript's safe
 * integers as bigint, so that counters stay exact.
 */
export function documentClient(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: {
      wrapNumbers: readNumber,
    },
  });
}

/**
 * A stored number: a whole one as number or, beyond JavaScript's safe integers, as bigint, also where an engine writes `1E+30`. The trail
 * stores no others; they keep the library's exact form, which is no number to who judges items.
 */
export function readNumber(text: string): number | bigint | NumberValue {
  // Nearly all are plain and small.
  const number = Number(text);
  if (Number.isSafeInteger(number) && String(number) === text) return number;
  const [, sign = '', digits, fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const decimals = fraction.replace(/0+$/, '');
  if (digits === undefined || decimals.length > Number(exponent)) return NumberValue.from(text);
  const whole = BigInt(`${sign}${digits}${decimals.padEnd(Number(exponent), '0')}`);
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
}

/** DynamoDB's numbers have exponents up to 125 (Developer Guide, "Data types"). */
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(\d{1,3}))?$/;
