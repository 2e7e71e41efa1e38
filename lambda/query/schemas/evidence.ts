import * as z from 'zod';
import { endpointId, instant } from './values.ts';

const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ id: 'Hash', description: 'SHA-256, hexadecimal' });

const signedNote = z.string().meta({
  description: 'The checkpoint: origin, number of entries and root (C2SP tlog-checkpoint) in a C2SP signed-note',
});
const verifierKey = z.string().meta({
  description: 'The public key as the verifiers of C2SP signed notes read it: name+id+base64',
  examples: ['client-vpn-audit/cvpn-endpoint-0123456789abcdef0+89a0b1c2+AXhs…'],
});
const publicKey = z.base64().meta({ description: 'Ed25519, 32 bytes, base64' });
const origin = z.string().meta({ description: "The log's name: the first line of its checkpoints" });
const size = z.int().nonnegative();

/** The answer of `GET /snapshots/{endpointId}/{slot}/proof`. */
export const proofAnswer = z
  .object({
    endpointId,
    slot: instant,
    entry: size.meta({ description: 'Its place in the log, from 0' }),
    leafHash: hash,
    size: size.meta({ description: 'Entries in the tree that was signed' }),
    root: hash,
    inclusion: z
      .array(hash)
      .meta({ description: "The audit path, the leaf's sibling first (RFC 6962, section 2.1.1)" }),
    checkpoint: signedNote,
    verifierKey,
    proof: z.string().meta({ description: 'All of it as one text, which stands for itself (C2SP tlog-proof v1)' }),
  })
  .meta({ id: 'InclusionProof' });

/** The answer of `GET /checkpoints/{endpointId}`. */
export const checkpointAnswer = z
  .object({
    endpointId,
    origin,
    size: size.meta({ description: 'Entries that it covers' }),
    slot: instant.meta({ description: 'The slot of the last of them' }),
    root: hash,
    checkpoint: signedNote,
    publicKey,
    verifierKey,
    consistency: z
      .object({ from: size, hashes: z.array(hash) })
      .optional()
      .meta({
        description: 'Proves that this tree begins with the one of `from` entries (RFC 6962, section 2.1.2)',
      }),
    compactRange: z
      .object({ size, hashes: z.array(hash) })
      .optional()
      .meta({
        description: 'The roots of the perfect subtrees that the first `size` entries are made of, largest first',
      }),
  })
  .meta({ id: 'Checkpoint' });

/** The answer of `GET /checkpoints/trail`. */
export const trailCheckpointAnswer = z
  .object({
    trail: z
      .string()
      .regex(/^trail-[0-9a-f]{16}$/)
      .meta({ description: "The name of the trail's own log; no endpoint has such a name" }),
    origin,
    size: size.meta({ description: 'Entries that it covers' }),
    root: hash,
    checkpoint: signedNote,
    publicKey,
    verifierKey,
    entry: z.string().meta({
      description:
        'The last of them, the data of its leaf: canonical JSON that names the newest checkpoint of each log',
    }),
    inclusion: z.array(hash).meta({ description: 'The audit path of that entry (RFC 6962, section 2.1.1)' }),
  })
  .meta({ id: 'TrailCheckpoint' });

/** The answer of `GET /keys`. */
export const keysAnswer = z
  .object({
    keys: z.array(
      z.object({
        algorithm: z.literal('Ed25519'),
        publicKey,
        pem: z.string().meta({ description: 'SubjectPublicKeyInfo, for OpenSSL and the like' }),
        exportVerifierKey: verifierKey.meta({
          description: 'The same key, under the name that exports are signed with',
        }),
        logs: z.array(z.object({ endpointId, origin, verifierKey })),
      }),
    ),
  })
  .meta({ id: 'Keys' });

export type ProofAnswer = z.output<typeof proofAnswer>;
export type CheckpointAnswer = z.output<typeof checkpointAnswer>;
export type TrailCheckpointAnswer = z.output<typeof trailCheckpointAnswer>;
export type KeysAnswer = z.output<typeof keysAnswer>;
