import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** DynamoDB reads in units of 4 KB; an eventually consistent one costs half a unit (DynamoDB Developer Guide). */
const UNIT_BYTES = 4096;

/**
 * An item's size as DynamoDB counts it: names and texts by their UTF-8, numbers by their digits, 3 bytes a list or map
 * and 1 byte a member (DynamoDB Developer Guide, "DynamoDB item sizes and formats").
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return 1 + Math.ceil(significantDigits(value.N) / 2);
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, member) => sum + 1 + valueBytes(member), 0);
  if (value.M !== undefined) return 3 + itemBytes(value.M) + Object.keys(value.M).length;
  return 1;
}

function significantDigits(number: string): number {
  return number.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;
}

/** What reading so many bytes in one eventually consistent request costs, in read units; nothing costs half a unit too. */
export function readUnitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / UNIT_BYTES)) / 2;
}
