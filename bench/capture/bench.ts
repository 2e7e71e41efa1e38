import { type Extent, MEASURED, measure, measuredCells, medianRun, printRow, sizesOf } from '../measuring.ts';
import { inFolder, withPageServer } from '../processes.ts';
import { inStore } from '../trail.ts';

/** Connections; AWS's largest endpoint has 126,000. */
const SIZES = { small: 1_200, largest: 126_000 };

/**
 * A whole recording, captured, compared with the snapshot before, stored, projected and archived, beside only draining the SDK's
 * paginator. Server and store are processes of their own, and so is every measured run.
 */
export async function bench(extent: Extent): Promise<void> {
  for (const [, count] of sizesOf(SIZES, extent)) {
    await inFolder((folder) => benchCount(count, extent.times ?? 3, folder));
  }
}

function benchCount(count: number, times: number, folder: string): Promise<void> {
  const script = 'capture/measured.ts';
  return inStore(({ endpoint }) =>
    withPageServer(count, async ({ url, next }) => {
      const drain = () => measure(script, ['drain', url, String(count)]);
      const record = (snapshot: number) => measure(script, ['record', url, endpoint, folder, String(snapshot)]);
      await measure(script, ['begin', url, endpoint, folder]);
      await next();
      // The server makes its answers once, before anything is measured.
      await drain();
      console.log(`${count.toLocaleString('en')} connections, median of ${times}:`);
      printRow('', MEASURED);
      printRow('draining the paginator', measuredCells(await medianRun(times, drain)));
      const changed = await record(1);
      printRow('recording, nothing changed', measuredCells(await medianRun(times, (time) => record(time + 2))));
      printRow('recording, 1 % opened, 1 % ended', measuredCells(changed));
    }),
  );
}
