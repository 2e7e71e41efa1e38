import { OPEN_END, SPAN_SECONDS, type Span, spanKey } from '../../dynamodb/connection-item.ts';
import type { IndexStretch } from '../../dynamodb/trail-reads.ts';
import { addSeconds, DAY_SECONDS, earlier, type Instant } from '../../trail/time.ts';
import type { EndpointState } from '../endpoint-state.ts';
import type { MatchWindow } from './matching.ts';
import { AFTER, isOver, lesser, projectedThrough, type Stream } from './stream.ts';

/** The connections of an endpoint by the day they were established, and those that a later day found connected. */
export function endpointStream(
  state: EndpointState,
  window: MatchWindow,
  to: string | undefined,
  onlyOpen: boolean,
): Stream {
  const { endpointId, head } = state;
  if (!head) return { stretches: [] };
  const { match } = window;
  // Connections established more than two days before the first snapshot are in the spans: they were long, or seen late.
  const recorded = addSeconds(head.firstSeenAt, -2 * DAY_SECONDS);
  const isFromBefore = window.since === undefined || window.since < recorded;
  const since = isFromBefore ? recorded : (window.since ?? recorded);
  const floor = endpointFloor(since, match, state, onlyOpen);
  const stretches = days(endpointId, floor, to ?? AFTER, head.f);
  if (match === 'started' && !isFromBefore) return { stretches };
  return {
    stretches,
    earlier: { established: floor, stretches: spanStretches(endpointId, window.since, floor, onlyOpen) },
  };
}

function endpointFloor(since: Instant, match: MatchWindow['match'], state: EndpointState, onlyOpen: boolean): Instant {
  if (match === 'started') return since;
  const midnight = `${since.slice(0, 10)}T00:00:00Z`;
  if (match === 'ended' || isOver(state)) return midnight;
  const young = addSeconds(projectedThrough(state), -DAY_SECONDS);
  if (onlyOpen) return young;
  return earlier(midnight, young);
}

const SPANS: readonly Span[] = ['day', 'days', 'weeks', 'long'];

/** In a class with a maximum duration, an end that long after `floor` cannot belong to a connection established before it. */
function spanStretch(endpointId: string, span: Span, since: Instant | undefined, floor: Instant): IndexStretch {
  const stretch = { index: 'bySpan', partition: spanKey(endpointId, span), from: since };
  if (span === 'long') return stretch;
  return { ...stretch, to: `${addSeconds(floor, SPAN_SECONDS[span])}#${AFTER}` };
}

/** Open connections sort after all that have ended. */
function openStretch(endpointId: string): IndexStretch {
  return { index: 'bySpan', partition: spanKey(endpointId, 'long'), from: OPEN_END };
}

function spanStretches(endpointId: string, since: Instant | undefined, floor: Instant, onlyOpen: boolean) {
  return onlyOpen ? [openStretch(endpointId)] : SPANS.map((span) => spanStretch(endpointId, span, since, floor));
}

/** One range per day, newest first, from the day of `to` down to that of `floor`. */
function* days(endpointId: string, floor: Instant, to: string, newest: Instant): Generator<IndexStretch> {
  // Nothing is established after the newest snapshot, except if a clock is fast.
  const last = lesser(to, `${addSeconds(newest, DAY_SECONDS)}#${AFTER}`) ?? to;
  for (let day = last.slice(0, 10); day >= floor.slice(0, 10); day = previousDay(day)) {
    yield { index: 'byEndpointDay', partition: `${endpointId}#${day}`, from: floor, to: last };
  }
}

function previousDay(day: string): string {
  return addSeconds(`${day}T00:00:00Z`, -DAY_SECONDS).slice(0, 10);
}
