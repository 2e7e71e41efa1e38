import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'vitest';
import { signerOf } from '../../../local/signing-key.ts';
import type { FaultKind, FaultPlace } from '../../../verification/findings.ts';
import type { VerifyOptions } from '../../../verification/verify-trail.ts';
import { inFaultOrder, type NamedFault } from './tampered-findings.ts';
import type { TamperedTrail } from './tampered-trail.ts';

/** One way to tamper with a trail, and all that a verification then says. */
export interface Tampering {
  /** What was done. */
  readonly what: string;
  readonly tamper: (trail: TamperedTrail, earlier: TamperedTrail) => void | Promise<void>;
  readonly found: (trail: TamperedTrail) => readonly NamedFault[];
  readonly options?: (trail: TamperedTrail) => Promise<Partial<VerifyOptions>>;
}

/** Whoever tampers, and has no access to the recorder's key. */
export const STRANGER = signerOf(generateKeyPairSync('ed25519').privateKey);

/** A fault without its sentence. */
export function wrong(kind: FaultKind, place: FaultPlace, more: Partial<NamedFault> = {}): NamedFault {
  return { kind, place, ...more };
}

/** The recorder's key, named with `--key`. */
export async function pinned(trail: TamperedTrail): Promise<Partial<VerifyOptions>> {
  return { keys: [await trail.signer.publicKey()] };
}

/** Tampers with a copy, and expects exactly the faults that were named. */
export async function expectFound(
  { tamper, found, options }: Tampering,
  whole: TamperedTrail,
  earlier: TamperedTrail,
): Promise<void> {
  const trail = whole.copy();
  await tamper(trail, earlier);
  const { faults } = await trail.faults(await options?.(whole));
  expect(faults).toEqual([...found(whole)].sort(inFaultOrder));
}
