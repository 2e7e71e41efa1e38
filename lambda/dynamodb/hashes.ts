/** Bytes of a SHA-256 hash. */
const HASH_BYTES = 32;

/** The hashes that are concatenated in an attribute. */
export function splitHashes(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / HASH_BYTES) }, (_, index) =>
    bytes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}
