import type { EndpointOutcome, RecordingSummary } from '../lambda/recorder/summary.ts';
import { consequenceOf, type Failure } from '../lambda/trail/failure.ts';
import { printable } from '../words/printable.ts';

/** A line for people: what was recorded, and, at its end, what went wrong. */
type RecordingLine = readonly [text: string, alarm?: string];

/**
 * One endpoint's part of a recording.
 *
 * @param slot - the recording's moment, ISO 8601 UTC
 */
export function recordingLine(slot: string, outcome: EndpointOutcome): RecordingLine {
  const { said, alarms } = wordsFor(outcome);
  const text = [slot, outcome.endpointId, ...said].join('  ');
  return alarms.length === 0 ? [text] : [`${text}  `, alarms.join('  ')];
}

/** The failures of a recording that belong to no endpoint. */
export function failureLines({ slot, failures }: RecordingSummary): RecordingLine[] {
  return failures
    .filter((failure) => failure.endpointId === undefined)
    .map((failure) => [`${slot}  `, wordsOf(failure)]);
}

const NOTHING_NEW = {
  'already-committed': 'recorded before',
  superseded: 'nothing recorded: the trail holds a later recording',
} as const;

const CLOSED = {
  'endpoint-deleted': 'log closed: AWS neither lists the endpoint nor knows it any more',
  'not-configured': 'log closed: the endpoint is not among those to record; it goes on when it is again',
} as const;

interface Words {
  readonly said: readonly string[];
  readonly alarms: readonly string[];
}

function wordsFor(outcome: EndpointOutcome): Words {
  if (outcome.outcome === 'committed') return committed(outcome);
  if (outcome.outcome === 'closed') {
    return { said: [CLOSED[outcome.closedBecause ?? 'endpoint-deleted']], alarms: [] };
  }
  if (outcome.outcome !== 'failed') return { said: [NOTHING_NEW[outcome.outcome]], alarms: [] };
  const { appended, failure } = outcome;
  const words = appended ? wordsFor({ ...outcome, outcome: appended }) : { said: [], alarms: [] };
  return { ...words, alarms: [...words.alarms, failure ? wordsOf(failure) : 'not recorded: no reason was given'] };
}

function wordsOf(failure: Failure): string {
  return `${consequenceOf(failure)}: ${failure.message} (${failure.reason})`;
}

function committed(outcome: EndpointOutcome): Words {
  const { connections, opened, ended, writeUnits, unparsed, anomalies, unidentified, inParts = [], gap } = outcome;
  const { skewSeconds, recordedAs } = outcome;
  return {
    said: [
      `${String(connections).padStart(5)} connections`,
      `${String(opened).padStart(4)} opened`,
      `${String(ended).padStart(4)} ended`,
      `${String(writeUnits).padStart(5)} write units`,
      ...(anomalies > 0 ? [`${anomalies} anomalies`] : []),
    ],
    alarms: [
      ...(unparsed > 0 ? [`${unparsed} rows not understood, kept as they are`] : []),
      ...inParts.map(
        (row) =>
          `the row of ${printable(row.connectionId) || 'no connection'} has ${row.bytes} bytes: kept in ${row.parts} parts`,
      ),
      ...(unidentified > 0 ? [`${unidentified} rows without a ConnectionId: this snapshot proves nothing`] : []),
      ...(skewSeconds === undefined
        ? []
        : [`AWS's clock and this machine's are ${skewSeconds} s apart, unlike before: this snapshot proves nothing`]),
      ...(recordedAs === undefined
        ? []
        : [
            `recorded as ${recordedAs}: the trail's last slot is not before this one; the machine's clock was set, or wrong`,
          ]),
      ...(gap === undefined ? [] : [`gap ${gap.start} to ${gap.end}: ${gap.reasons.join(', ')}`]),
    ],
  };
}
