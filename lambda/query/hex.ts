/** Bytes as hexadecimal digits in lower case: how answers write hashes. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
