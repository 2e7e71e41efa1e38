import { originOf, type StoredCheckpoint } from '../../trail/checkpoint.ts';
import { EXPORT_KEY_NAME } from '../../trail/export-manifest.ts';
import { formatVerifierKey, toPem } from '../../trail/signed-note.ts';
import type { KeysAnswer } from '../schemas/evidence.ts';
import { defineRoute } from './route.ts';

/** `GET /keys`: the keys that signed the newest checkpoints. */
export const keysRoute = defineRoute({
  path: '/keys',
  summary: 'The public keys that signed the newest checkpoints. Whoever checks a trail has them from elsewhere as well',
  parameters: {},
  answerQuestion: async ({ log }) => {
    const checkpoints = await log.readCheckpoints();
    const byKey = Map.groupBy(checkpoints, ({ publicKey }) => Buffer.from(publicKey).toString('base64'));
    const body: KeysAnswer = { keys: [...byKey].map(([publicKey, signed]) => describeKey(publicKey, signed)) };
    return { rows: body.keys.length, body };
  },
});

function describeKey(encoded: string, signed: readonly StoredCheckpoint[]): KeysAnswer['keys'][number] {
  const publicKey = Buffer.from(encoded, 'base64');
  return {
    algorithm: 'Ed25519',
    publicKey: encoded,
    pem: toPem(publicKey),
    exportVerifierKey: formatVerifierKey({ name: EXPORT_KEY_NAME, publicKey }),
    logs: signed.map(({ endpointId }) => {
      const origin = originOf(endpointId);
      return { endpointId, origin, verifierKey: formatVerifierKey({ name: origin, publicKey }) };
    }),
  };
}
