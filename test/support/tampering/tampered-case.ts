import { generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readNumber } from '../../../lambda/dynamodb/documents.ts';
import { signerOf } from '../../../local/signing-key.ts';
import type { VerifyOptions } from '../../../verification/verify-trail.ts';
import { richStory, type Story } from './tampered-story.ts';
import type { TamperedTrail } from './tampered-trail.ts';

/** JSON that is nested 200,000 deep. */
export const NESTED = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
/** Few bytes that unpack to many. */
export const BOMB = gzipSync(Buffer.alloc(20 * 1024 ** 2));
/** Numbers that the trail stores nowhere, as they are read from the table. */
export const NO_NUMBERS = ['0.5', '1E+30', '1E-130'].map(readNumber);

/** Whoever tampers, and has no access to the recorder's key. */
export const STRANGER = signerOf(generateKeyPairSync('ed25519').privateKey);

/** The recorder's key, named with `--key`. */
export async function pinned(trail: TamperedTrail): Promise<Partial<VerifyOptions>> {
  return { keys: [await trail.signer.publicKey()] };
}

/** Tests that tamper with a copy of this story, and expect a verification to find just the faults that they name. */
export function tamperingWith(story: () => Promise<Story>) {
  return (
    what: string,
    /** Each as `lineOf` has it. */
    found: readonly string[],
    tamper: (trail: TamperedTrail, earlier: TamperedTrail) => unknown,
    options: (whole: TamperedTrail) => Promise<Partial<VerifyOptions>> = async () => ({}),
  ): void =>
    it(`${what}: is found, and nothing else is accused`, async () => {
      const { whole, earlier } = await story();
      const trail = whole.copy();
      await tamper(trail, earlier);
      expect((await trail.faults(await options(whole))).faults).toEqual(found.toSorted());
    });
}

/** Tests with the rich story. */
export const tampering = tamperingWith(richStory);
