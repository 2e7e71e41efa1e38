import type { ConnectionAnswer, ConnectionsAnswer } from '../../../lambda/query/schemas/connection.ts';
import type { AnswerCoverage } from '../../../lambda/query/schemas/coverage.ts';

export const ENDPOINT = 'cvpn-endpoint-0123456789abcdef0';

/** Nothing can be missing. */
export const COMPLETE: AnswerCoverage = {
  complete: true,
  gaps: [],
  projectedThrough: '2026-11-22T15:00:00Z',
  pendingSince: '2026-11-22T14:58:00Z',
};

/** An hour in which nobody recorded. */
export const OVER_A_GAP: AnswerCoverage = {
  ...COMPLETE,
  complete: false,
  gaps: [{ endpointId: ENDPOINT, start: '2026-11-22T13:30:00Z', end: '2026-11-22T14:30:00Z', reasons: ['no-run'] }],
};

/** An ended connection, numbered. */
export function connectionNumber(number: number, fields: Partial<ConnectionAnswer> = {}): ConnectionAnswer {
  return {
    connectionId: `cvpn-connection-${number.toString(16).padStart(17, '0')}`,
    endpointId: ENDPOINT,
    accountId: '123456789012',
    region: 'eu-central-1',
    status: 'terminated',
    establishedAt: '2026-11-22T13:00:00Z',
    endedAt: '2026-11-22T14:00:00Z',
    end: { kind: 'reported' },
    username: `person-${number}`,
    identity: `person-${number}`,
    clientIp: '172.31.0.225',
    ingressBytes: 1536,
    egressBytes: 10_737_418_240,
    ingressPackets: 12,
    egressPackets: 34,
    durationSeconds: 3600,
    firstSeenAt: '2026-11-22T13:05:00Z',
    lastSeenAt: '2026-11-22T14:05:00Z',
    firstSlot: '2026-11-22T13:05:00Z',
    lastSlot: '2026-11-22T14:05:00Z',
    ...fields,
  };
}

/** An answer of `GET /connections`. */
export function connectionsWith(
  connections: readonly ConnectionAnswer[],
  rest: Partial<ConnectionsAnswer> = {},
): ConnectionsAnswer {
  return {
    connections: [...connections],
    window: { since: '2026-11-22T13:00:00Z', until: '2026-11-22T14:30:00Z', match: 'overlap' },
    coverage: COMPLETE,
    ...rest,
  };
}
