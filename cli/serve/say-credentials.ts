import type { RecordingSummary } from '../../lambda/recorder/summary.ts';
import { toError } from '../../lambda/trail/to-error.ts';
import type { RecordedPlace } from '../../local/recording-source.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Says what the credentials lack where a recording was refused for them, and what to do. The trail only has that it was refused,
 * because the words may name people.
 */
export async function sayWhatCredentialsLack(
  summaries: readonly Pick<RecordingSummary, 'failures'>[],
  places: readonly RecordedPlace[],
  { notice }: Pick<Terminal, 'notice'>,
): Promise<void> {
  if (!summaries.some(({ failures }) => failures.some(({ reason }) => reason === 'access-denied'))) return;
  const found = await Promise.all(
    places.map(({ ec2 }) =>
      ec2.config.credentials().then(
        () => [],
        (error: unknown) => [toError(error).message],
      ),
    ),
  );
  for (const words of new Set(found.flat())) notice(words, 'warning');
}
