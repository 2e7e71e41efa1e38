import { expect, it } from 'vitest';
import { failureLines, recordingLine } from '../../cli/recording-line.ts';
import type { EndpointOutcome } from '../../lambda/recorder/summary.ts';

const SLOT = '2026-03-11T09:30:00Z';
const OUTCOME: EndpointOutcome = {
  endpointId: 'cvpn-endpoint-0123456789abcdef0',
  outcome: 'committed',
  connections: 142,
  opened: 3,
  ended: 2,
  unparsed: 0,
  unidentified: 0,
  anomalies: 0,
  pages: 1,
  writeUnits: 41,
};
const alarm = (text: string) => `!${text}!`;

it('shows a recording as one line: time, endpoint, connections, opened, ended, write units', () => {
  expect(recordingLine(SLOT, OUTCOME, alarm)).toBe(
    '2026-03-11T09:30:00Z  cvpn-endpoint-0123456789abcdef0    142 connections     3 opened     2 ended     41 write units',
  );
});

it('adds what needs attention: anomalies, rows not understood, a gap with its reasons', () => {
  const gap = { start: '2026-03-11T06:00:00Z', end: '2026-03-11T08:00:00Z', reasons: ['throttled', 'network'] };
  const line = recordingLine(SLOT, { ...OUTCOME, anomalies: 2, unparsed: 1, unidentified: 4, gap }, alarm);
  expect(line).toContain(
    '  2 anomalies  !1 rows not understood, kept as they are!  !4 rows without a ConnectionId: this snapshot proves nothing!  ',
  );
  expect(line).toMatch(/!gap 2026-03-11T06:00:00Z to 2026-03-11T08:00:00Z: throttled, network!$/);
});

it('says why an endpoint was not recorded', () => {
  const failure = { reason: 'throttled', message: 'AWS refused because of its rate limit' } as const;
  expect(recordingLine(SLOT, { ...OUTCOME, outcome: 'failed', failure }, alarm)).toBe(
    `${SLOT}  ${OUTCOME.endpointId}  !not recorded: AWS refused because of its rate limit (throttled)!`,
  );
});

it('shows failures of no endpoint on lines of their own, and those of endpoints not again', () => {
  const listed = { reason: 'endpoint-list', message: 'the list is missing' } as const;
  const ofEndpoint = { endpointId: OUTCOME.endpointId, reason: 'timeout', message: 'no answer' } as const;
  const summary = {
    slot: SLOT,
    endpoints: [],
    connections: 0,
    opened: 0,
    ended: 0,
    unparsed: 0,
    oldestSnapshotAgeSeconds: 0,
  };
  expect(failureLines({ ...summary, failures: [listed, ofEndpoint] }, alarm)).toEqual([
    `${SLOT}  !not recorded: the list is missing (endpoint-list)!`,
  ]);
});
