import { expect, it } from 'vitest';
import { failureLines, recordingLine } from '../../cli/recording-line.ts';
import type { EndpointOutcome, RecordingSummary } from '../../lambda/recorder/summary.ts';
import type { Unfinished } from '../../lambda/trail/failure.ts';

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

it('shows a recording as one line: time, endpoint, connections, opened, ended, write units', () => {
  expect(recordingLine(SLOT, OUTCOME)).toEqual([
    '2026-03-11T09:30:00Z  cvpn-endpoint-0123456789abcdef0    142 connections     3 opened     2 ended     41 write units',
  ]);
});

it('adds what needs attention: anomalies, rows not understood, a gap with its reasons', () => {
  const gap = { start: '2026-03-11T06:00:00Z', end: '2026-03-11T08:00:00Z', reasons: ['throttled', 'network'] };
  const [text, alarm] = recordingLine(SLOT, { ...OUTCOME, anomalies: 2, unparsed: 1, unidentified: 4, gap });
  expect(text).toMatch(/ {2}2 anomalies {2}$/);
  expect(alarm).toBe(
    '1 rows not understood, kept as they are  4 rows without a ConnectionId: this snapshot proves nothing  gap 2026-03-11T06:00:00Z to 2026-03-11T08:00:00Z: throttled, network',
  );
});

it('says what of the clocks is wrong', () => {
  const [, alarm] = recordingLine(SLOT, { ...OUTCOME, skewSeconds: -3600, recordedAs: '2026-03-12T09:30:01Z' });
  expect(alarm).toBe(
    "AWS's clock and this machine's are -3600 s apart, unlike before: this snapshot proves nothing  recorded as 2026-03-12T09:30:01Z: the trail's last slot is not before this one; the machine's clock was set, or wrong",
  );
});

it('says why an endpoint was not recorded', () => {
  const failure = { reason: 'throttled', message: 'AWS refused because of its rate limit' } as const;
  expect(recordingLine(SLOT, { ...OUTCOME, outcome: 'failed', failure })).toEqual([
    `${SLOT}  ${OUTCOME.endpointId}  `,
    'not recorded: AWS refused because of its rate limit (throttled)',
  ]);
});

it('says of a snapshot that is in the log what is not done with it yet, and not that it was not recorded', () => {
  const failure = { reason: 'store', message: 'the table is full' } as const;
  const said = (appended: 'committed' | 'already-committed' | 'superseded' | 'closed', ...unfinished: Unfinished[]) =>
    recordingLine(SLOT, { ...OUTCOME, outcome: 'failed', appended, failure: { ...failure, unfinished } });
  expect(said('committed', 'projection')).toEqual([
    `${recordingLine(SLOT, OUTCOME)[0]}  `,
    'not projected yet: the table is full (store)',
  ]);
  expect(said('already-committed', 'checkpoint')).toEqual([
    `${SLOT}  ${OUTCOME.endpointId}  recorded before  `,
    'not signed and archived yet: the table is full (store)',
  ]);
  expect(said('closed', 'checkpoint', 'projection')[1]).toBe(
    'not signed and archived, nor projected yet: the table is full (store)',
  );
  expect(said('superseded', 'projection').join('')).toMatch(/a later recording {2}not projected yet/);
});

it('shows failures of no endpoint on lines of their own, and those of endpoints not again', () => {
  const listed = { reason: 'endpoint-list', message: 'the list is missing' } as const;
  const ofEndpoint = { endpointId: OUTCOME.endpointId, reason: 'timeout', message: 'no answer' } as const;
  const described = { reason: 'store', message: 'the table is full', unfinished: ['descriptions'] } as const;
  const summary = { slot: SLOT, failures: [listed, described, ofEndpoint] } as unknown as RecordingSummary;
  expect(failureLines(summary)).toEqual([
    [`${SLOT}  `, 'not recorded: the list is missing (endpoint-list)'],
    [`${SLOT}  `, 'descriptions not stored yet: the table is full (store)'],
  ]);
});
