import type { UsageSample } from '../../lambda/query/schemas/connection.ts';
import { showInZone } from '../../lambda/trail/time-zone.ts';
import { showBytes } from '../../words/amounts.ts';
import { DIRECTIONS, type Direction, type UsagePeriod, usagePeriods } from '../../words/usage-periods.ts';
import { padTo, wrapTo } from '../output/fit-text.ts';

const BARS = '▁▂▃▄▅▆▇█';
const UNKNOWN = '╌';
const LABEL_WIDTH = 21;
const HIGHEST_WIDTH = 20;
const FEWEST_BARS = 10;

/**
 * Draws a line of bars for each direction over the time of the samples: its height is the bytes a second. What is not
 * known, across a gap or where a counter went back, is left open.
 *
 * @param width - columns that it may take
 */
export function drawUsage(samples: readonly UsageSample[], width: number, zone: string): string[] {
  const most = Math.max(FEWEST_BARS, width - LABEL_WIDTH - HIGHEST_WIDTH);
  const bars = Math.min(most, regularStretches(samples));
  const [first, last] = [samples[0]?.at ?? '', samples.at(-1)?.at ?? ''];
  const legend = `${showInZone(first, zone)} to ${showInZone(last, zone)}; ▁ nothing to █ the most; ${UNKNOWN} not known`;
  return [
    ...(['ingressBytes', 'egressBytes'] as const).map((name) => drawLine(samples, name, bars)),
    ...wrapTo(legend, width),
  ];
}

function drawLine(samples: readonly UsageSample[], name: Direction, bars: number): string {
  const rates = ratesOf(usagePeriods(samples, name), bars);
  const highest = Math.max(0, ...rates.filter((rate) => rate !== undefined));
  const drawn = rates.map((rate) => (rate === undefined ? UNKNOWN : barOf(rate, highest))).join('');
  const most = rates.every((rate) => rate === undefined) ? '' : `  max ${showBytes(Math.round(highest))}/s`;
  return `${padTo(DIRECTIONS[name], LABEL_WIDTH, 'left')}${drawn}${most}`;
}

/** A value above zero is always visible. */
function barOf(rate: number, highest: number): string {
  const step = rate === 0 ? 0 : Math.max(1, Math.round((rate / highest) * (BARS.length - 1)));
  return BARS[step] ?? '';
}

/** The mean rate of each bar's time; unknown if an unknown period touches it. */
function ratesOf(stretches: readonly UsagePeriod[], bars: number): (number | undefined)[] {
  const [from, to] = [stretches[0]?.start ?? 0, stretches.at(-1)?.end ?? 0];
  const length = (to - from) / bars;
  return Array.from({ length: bars }, (_, index) => {
    const [start, end] = [from + index * length, from + (index + 1) * length];
    let sum = 0;
    for (const stretch of stretches) {
      const shared = Math.min(end, stretch.end) - Math.max(start, stretch.start);
      // A thousandth of a bar is an edge, not time.
      if (shared <= length / 1000) continue;
      if (stretch.rate === undefined) return undefined;
      sum += stretch.rate * shared;
    }
    return sum / length;
  });
}

/** How many samples there would be if none were missing. */
function regularStretches(samples: readonly UsageSample[]): number {
  const stretches = samples.flatMap(({ since }) => (since && since.seconds > 0 ? [since] : []));
  const regular = stretches.filter(({ acrossGap }) => !acrossGap);
  const lengths = (regular.length > 0 ? regular : stretches).map(({ seconds }) => seconds).sort((a, b) => a - b);
  const usual = lengths[Math.floor(lengths.length / 2)] ?? 0;
  const whole = stretches.reduce((sum, { seconds }) => sum + seconds, 0);
  return usual === 0 ? 1 : Math.max(1, Math.round(whole / usual));
}
