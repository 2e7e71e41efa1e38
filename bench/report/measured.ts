import { runProgram } from '../../cli/program.ts';
import { processTerminal } from '../../cli/terminal.ts';
import { sayMeasured } from '../measuring.ts';

/**
 * A process that runs one command, given as words, against the API at an address, and says what it took: `API_URL WORD…`. What it writes
 * goes nowhere. It also says how many requests it sent, and from how many connections its answer was made.
 */
const [url = '', ...words] = process.argv.slice(2);

let requests = 0;
const { fetch } = globalThis;
globalThis.fetch = (...request) => {
  requests += 1;
  return fetch(...request);
};

await sayMeasured(async () => {
  let [text, lines] = ['', 0];
  const write = async (written: string) => {
    lines += written.split('\n').length - 1;
    if (words[0] === 'report') text += written;
  };
  const terminal = { ...processTerminal(), count: () => undefined, notice: () => undefined, write };
  await runProgram([...words, '--api', url], terminal);
  const connections = words[0] === 'report' ? (JSON.parse(text) as { connections: number }).connections : lines;
  return { requests, connections };
});
