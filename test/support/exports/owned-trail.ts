import { ask } from '../command/asked-api.ts';
import { ALPHA, activeRow, BETA, RecordedTrail } from '../recording/recorded-trail.ts';
import { configured } from '../recording/use-trail.ts';
import { GAMMA } from '../tampering/tampered-names.ts';
import { ExportedTrail } from './exported-trail.ts';

/** The accounts of {@link OWNED}. */
export const [OWN, OTHER] = ['123456789012', '999988887777'];
/** Three endpoints of a company, each with somebody at the same address. */
export const OWNED = [
  { endpointId: ALPHA, name: 'alice', ACCOUNT_ID: OWN, REGION: 'eu-central-1' },
  { endpointId: BETA, name: 'bob', ACCOUNT_ID: OTHER, REGION: 'eu-central-1' },
  { endpointId: GAMMA, name: 'carol', ACCOUNT_ID: OWN, REGION: 'us-east-1' },
] as const;

export const idOf = (name: string) => `cvpn-connection-0${name}`;

/** A trail of these endpoints, recorded four times, and its API. */
export async function startOwnedTrail(): Promise<ExportedTrail> {
  const trail = await RecordedTrail.start();
  for (let time = 0; time < 4; time += 1) {
    trail.now = new Date(trail.now.getTime() + 5 * 60_000);
    for (const { endpointId, name, ...owner } of OWNED) {
      const row = activeRow(idOf(name), '2026-11-20 08:00:00', {
        clientVpnEndpointId: endpointId,
        clientIp: '172.31.0.9',
        commonName: name,
      });
      trail.rows = { [endpointId]: [row] };
      await configured(trail, owner).record();
    }
  }
  return ExportedTrail.over(trail);
}

/** What the command says of it, at its time. */
export const askOwned = (exported: ExportedTrail, words: string | readonly string[], width?: number) =>
  ask(exported.server.url, words, { time: { now: () => exported.trail.now }, ...(width ? { width } : {}) });
