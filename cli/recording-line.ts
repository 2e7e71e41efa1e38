import type { EndpointOutcome, RecordingSummary } from '../lambda/recorder/summary.ts';

/**
 * One endpoint's part of a recording as a line for people.
 *
 * @param slot - the recording's moment, ISO 8601 UTC
 * @param alarm - marks what went wrong
 */
export function recordingLine(slot: string, outcome: EndpointOutcome, alarm: (text: string) => string): string {
  return [slot, outcome.endpointId, ...wordsFor(outcome, alarm)].join('  ');
}

/** The failures of a recording that belong to no endpoint, each as a line for people. */
export function failureLines({ slot, failures }: RecordingSummary, alarm: (text: string) => string): string[] {
  return failures
    .filter((failure) => failure.endpointId === undefined)
    .map((failure) => [slot, alarm(`not recorded: ${failure.message} (${failure.reason})`)].join('  '));
}

const NOTHING_NEW = {
  'already-committed': 'recorded before',
  superseded: 'nothing recorded: the trail holds a later recording',
} as const;

const CLOSED = {
  'endpoint-deleted': 'log closed: AWS neither lists the endpoint nor knows it any more',
  'not-configured': 'log closed: the endpoint is not among those to record; it goes on when it is again',
} as const;

function wordsFor(outcome: EndpointOutcome, alarm: (text: string) => string): string[] {
  if (outcome.outcome === 'committed') return committed(outcome, alarm);
  if (outcome.outcome === 'closed') return [CLOSED[outcome.closedBecause ?? 'endpoint-deleted']];
  if (outcome.outcome !== 'failed') return [NOTHING_NEW[outcome.outcome]];
  const { message, reason } = outcome.failure ?? { message: 'no reason was given', reason: 'unknown' };
  return [alarm(`not recorded: ${message} (${reason})`)];
}

function committed(outcome: EndpointOutcome, alarm: (text: string) => string): string[] {
  const { connections, opened, ended, writeUnits, unparsed, anomalies, unidentified, gap } = outcome;
  return [
    `${String(connections).padStart(5)} connections`,
    `${String(opened).padStart(4)} opened`,
    `${String(ended).padStart(4)} ended`,
    `${String(writeUnits).padStart(5)} write units`,
    ...(anomalies > 0 ? [`${anomalies} anomalies`] : []),
    ...(unparsed > 0 ? [alarm(`${unparsed} rows not understood, kept as they are`)] : []),
    ...(unidentified > 0 ? [alarm(`${unidentified} rows without a ConnectionId: this snapshot proves nothing`)] : []),
    ...(gap === undefined ? [] : [alarm(`gap ${gap.start} to ${gap.end}: ${gap.reasons.join(', ')}`)]),
  ];
}
