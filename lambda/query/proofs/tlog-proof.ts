import type { Hash } from '../../trail/proof.ts';

/** An entry's place, its audit path and the checkpoint, in one. */
export interface TlogProof {
  readonly index: number;
  /** From the leaf's sibling up. */
  readonly path: readonly Hash[];
  /** The signed note. */
  readonly note: string;
}

/** The text of a proof that stands for itself (C2SP tlog-proof, `https://c2sp.org/tlog-proof@v1`). */
export function formatTlogProof({ index, path, note }: TlogProof): string {
  const lines = [
    'c2sp.org/tlog-proof@v1',
    `index ${index}`,
    ...path.map((hash) => Buffer.from(hash).toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${note}`;
}
