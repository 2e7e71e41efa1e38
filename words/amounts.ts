const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB'];

/** Bytes for people, like `1.5 MiB`; up to 1023 exact. Empty if AWS did not give them. */
export function showBytes(bytes: number | bigint | undefined): string {
  if (bytes === undefined) return '';
  let value = Number(bytes);
  let unit = 0;
  // A value that rounds to 1024.0 becomes 1.0 of the next unit.
  while (value >= (unit === 0 ? 1024 : 1023.95) && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** A duration for people, in its two largest units, like `8h 12m`. Empty if unknown. */
export function showDuration(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  if (minutes > 0) return `${minutes}m ${seconds % 60}s`;
  return `${seconds}s`;
}

/** A duration in the largest unit that loses nothing, as options take it, like `90s`, `5m` or `1d`. */
export function exactDuration(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const;
  const [unit, length] = units.find(([, size]) => seconds > 0 && seconds % size === 0) ?? ['s', 1];
  return `${seconds / length}${unit}`;
}

/** A number with its noun: `1 gap`, `2 gaps`, `1,300 gaps`. */
export function count(number: number, noun: string): string {
  const plural = /[sx]$/.test(noun) ? `${noun}es` : /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`;
}
