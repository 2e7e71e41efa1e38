import type { Elements } from '../../../lambda/trail/element.ts';
import { ofEachTest } from '../of-each-test.ts';
import { ALPHA, RecordedTrail } from './recorded-trail.ts';

/** A trail of each test's own, in which AWS lists these rows. */
export function useTrail(
  rows: Readonly<Record<string, Elements[]>> = { [ALPHA]: [] },
  then: (trail: RecordedTrail) => unknown = () => undefined,
): RecordedTrail {
  const start = async () => {
    const trail = Object.assign(await RecordedTrail.start(), { rows: { ...rows } });
    await then(trail);
    return trail;
  };
  return ofEachTest(start, (trail) => trail.close());
}

/** Lets AWS list these rows from now on: of each endpoint, or of {@link ALPHA} as well as what it lists of others. */
export function lists(trail: RecordedTrail, rows: Elements[] | Record<string, Elements[]>): RecordedTrail {
  trail.rows = Array.isArray(rows) ? { ...trail.rows, [ALPHA]: rows } : rows;
  return trail;
}

/** Lets the recorder have these options from now on. */
export function configured(trail: RecordedTrail, options: Partial<RecordedTrail['options']>): RecordedTrail {
  trail.options = { ...trail.options, ...options };
  return trail;
}
