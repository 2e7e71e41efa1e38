import { type Randomness, randomness } from './randomness.ts';

/** What somebody mostly does: it decides how much is sent and received. */
export type TrafficKind = 'desk' | 'calls' | 'terminal' | 'upload';

/** The counters of a connection at one moment; ingress was sent by the client, egress received by it. */
interface Counters {
  readonly ingressBytes: number;
  readonly egressBytes: number;
  readonly ingressPackets: number;
  readonly egressPackets: number;
}

/** The counters after some seconds of a connection. */
export type Traffic = (elapsedSeconds: number) => Counters;

/** Mean bytes a second, least and most: sent, and received. */
const RATES: Readonly<Record<TrafficKind, { sent: [number, number]; received: [number, number] }>> = {
  desk: { sent: [400, 6_000], received: [5_000, 90_000] },
  calls: { sent: [20_000, 120_000], received: [40_000, 220_000] },
  terminal: { sent: [60, 700], received: [150, 2_500] },
  upload: { sent: [30_000, 250_000], received: [1_500, 12_000] },
};

/** Sometimes busy, sometimes idle, but always increasing: the slope stays between 0.05 and 1.95. */
function unevenTime(random: Randomness): (elapsed: number) => number {
  const waves = [
    { strength: 0.6, period: random.real(1_500, 7_000), phase: random.real(0, 2 * Math.PI) },
    { strength: 0.35, period: random.real(90, 600), phase: random.real(0, 2 * Math.PI) },
  ].map(({ strength, period, phase }) => {
    const pace = (2 * Math.PI) / period;
    return (elapsed: number) => (strength / pace) * (Math.sin(pace * elapsed + phase) - Math.sin(phase));
  });
  return (elapsed) => waves.reduce((sum, wave) => sum + wave(elapsed), elapsed);
}

/** The traffic of one connection, the same for the same id. It starts with the handshake's bytes and never shrinks. */
export function trafficOf(connectionId: string, kind: TrafficKind): Traffic {
  const random = randomness('traffic', connectionId);
  const { sent, received } = RATES[kind];
  const ingress = { base: random.whole(2_400, 6_800), rate: random.real(...sent), packet: random.whole(110, 420) };
  const egress = { base: random.whole(2_200, 7_400), rate: random.real(...received), packet: random.whole(380, 1_120) };
  const uneven = unevenTime(random);
  return (elapsedSeconds) => {
    const time = uneven(elapsedSeconds);
    const ingressBytes = ingress.base + Math.floor(ingress.rate * time);
    const egressBytes = egress.base + Math.floor(egress.rate * time);
    return {
      ingressBytes,
      egressBytes,
      ingressPackets: 1 + Math.floor(ingressBytes / ingress.packet),
      egressPackets: 1 + Math.floor(egressBytes / egress.packet),
    };
  };
}
