import type { Check } from '../finding.ts';
import { type Patient, READ_TABLES } from '../patient.ts';

/** Whether the key that signs is the one that was written down elsewhere. */
export function publicKey(patient: Patient): Check {
  return {
    name: 'public-key',
    needs: READ_TABLES,
    look: async (notes) => {
      const { log } = await patient.trail();
      const signed = (await log.readCheckpoints()).map((one) => base64(one.publicKey));
      const used = [...new Set([...signed, ...(patient.deployedKey === undefined ? [] : [patient.deployedKey])])];
      if (used.length === 0) {
        notes.notChecked('nothing is signed yet');
        return;
      }
      const kept = patient.keys.map(base64);
      if (kept.length === 0) {
        notes.found({
          severity: 'advice',
          subject: used.join(' and '),
          what: 'the key that signs was not named: is it written down where nobody of this account can change it?',
          means: 'Whoever can change the trail and its archive can also change the key that both are judged by.',
          todo: 'Keep the key elsewhere (paper, another account), and name it from then on: cvpn-audit doctor --key KEY.',
        });
        return;
      }
      const strange = used.filter((key) => !kept.includes(key));
      if (strange.length === 0) return;
      notes.found({
        severity: 'urgent',
        subject: strange.join(' and '),
        what: `it signs the newest checkpoints, or will sign the next, and is not the key that was named (${kept.join(' and ')}).`,
        means: 'The key was changed, or the trail is not the one that the key was kept for.',
        todo: 'Run "cvpn-audit verify --key KEY": it says whether the former key has countersigned the change. If not, find out who changed it.',
      });
    },
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
