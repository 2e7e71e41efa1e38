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
