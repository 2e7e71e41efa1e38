import type { Hash } from '../../../lambda/trail/proof.ts';

/** What is done to a proof, and where; places and bits are taken modulo what there is. */
export interface Damage {
  /** `cut`: the border between two hashes is moved, so that their bytes one after the other stay the same. */
  readonly kind: 'flip' | 'remove' | 'add' | 'swap' | 'cut' | 'repeat';
  readonly at: number;
  readonly bit: number;
}

/** What is damaged but never removed: that the path belongs to a leaf and a root, or to two roots. */
const ENDS = 2;

/**
 * Damages a proof, so that it is never the same as before.
 *
 * @param hashes the two that the path ties together, then the path
 */
export function damage(hashes: readonly Hash[], { kind, at, bit }: Damage): Hash[] {
  const place = at % hashes.length;
  const [chosen = new Uint8Array(), next] = hashes.slice(place);
  const [head, tail] = [hashes.slice(0, place), hashes.slice(place + 1)];
  if (kind === 'remove' && hashes.length > ENDS) return hashes.toSpliced(ENDS + (at % (hashes.length - ENDS)), 1);
  if (kind === 'add') return hashes.toSpliced(Math.max(ENDS, place), 0, flip(chosen, bit));
  if (kind === 'repeat') return [...hashes, hashes.at(-1) ?? chosen];
  if (kind === 'swap' && next && Buffer.compare(chosen, next) !== 0) return [...head, next, chosen, ...tail.slice(1)];
  if (kind === 'cut' && next) {
    const both = Buffer.concat([chosen, next]);
    return [...head, both.subarray(0, 31), both.subarray(31), ...tail.slice(1)];
  }
  return [...head, flip(chosen, bit), ...tail];
}

function flip(hash: Hash, bit: number): Hash {
  const flipped = Uint8Array.from(hash);
  const byte = Math.floor(bit / 8);
  flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (bit % 8));
  return flipped;
}
