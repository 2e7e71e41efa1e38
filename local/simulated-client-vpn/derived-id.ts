import { hash } from 'node:crypto';

/** Hexadecimal digits (at most 64) that look random and are always the same for the same key. */
export function hexDigits(count: number, ...key: readonly (string | number)[]): string {
  return hash('sha256', key.join('\u0000')).slice(0, count);
}

/** An id in the form of AWS's long ids: 17 hexadecimal digits, the first of them 0. */
export function longId(prefix: string, ...key: readonly (string | number)[]): string {
  return `${prefix}-0${hexDigits(16, prefix, ...key)}`;
}

/** A UUID in its version 4 form that is always the same for the same key. */
export function derivedUuid(...key: readonly (string | number)[]): string {
  const digits = hexDigits(30, 'uuid', ...key);
  const variant = '89ab'[Number.parseInt(digits.slice(0, 1), 16) % 4];
  const part = (from: number, to: number) => digits.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-4${part(12, 15)}-${variant}${part(15, 18)}-${part(18, 30)}`;
}
