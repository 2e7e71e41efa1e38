import { constants, crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = 8;
const [MOST_COLOURS, RGB] = [256, 3];

/**
 * A screenshot with a palette of at most 256 colours, in a third of the bytes: pages have few colours, and of the many shades at the
 * edges of letters nobody tells those apart that are joined. For what Chromium writes: PNG of 8 bits, RGB, not interlaced (W3C PNG).
 */
export function toIndexedPng(png: Buffer): Buffer {
  const chunks = chunksOf(png);
  const header = chunks.find(({ type }) => type === 'IHDR')?.data ?? Buffer.alloc(0);
  const [width, height, kind] = [header.readUInt32BE(0), header.readUInt32BE(4), header.readUInt16BE(8)];
  if (kind !== 0x08_02 || header[12] !== 0) return png;
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const pixels = unfilter(inflateSync(packed), width * RGB, height);
  const { palette, indices } = fewColours(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) indices.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  const indexed = Buffer.from(header);
  indexed[9] = 3;
  const data = deflateSync(rows, { level: 9, memLevel: 9, strategy: constants.Z_DEFAULT_STRATEGY });
  const parts = [chunk('IHDR', indexed), chunk('PLTE', palette), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([png.subarray(0, SIGNATURE), ...parts]);
}

function chunksOf(png: Buffer): { type: string; data: Buffer }[] {
  const chunks = [];
  for (let at = SIGNATURE; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** Undoes the filters of the rows (W3C PNG, section 9). */
function unfilter(filtered: Buffer, bytes: number, height: number): Buffer {
  const pixels = Buffer.alloc(bytes * height);
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (bytes + 1)];
    for (let x = 0; x < bytes; x++) {
      const left = x < RGB ? 0 : (pixels[y * bytes + x - RGB] ?? 0);
      const up = y === 0 ? 0 : (pixels[(y - 1) * bytes + x] ?? 0);
      const corner = x < RGB || y === 0 ? 0 : (pixels[(y - 1) * bytes + x - RGB] ?? 0);
      const before = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      pixels[y * bytes + x] = (filtered[y * (bytes + 1) + 1 + x] ?? 0) + before;
    }
  }
  return pixels;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** The frequent colours as they are, and the others as the nearest of these. */
function fewColours(pixels: Buffer): { palette: Buffer; indices: Buffer } {
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += RGB) {
    const colour = pixels.readUIntBE(at, RGB);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const kept = [...counts].sort(([, one], [, other]) => other - one).slice(0, MOST_COLOURS);
  const colours = kept.map(([colour]) => colour);
  const indexOf = new Map([...counts.keys()].map((colour) => [colour, nearest(colour, colours)]));
  const indices = Buffer.alloc(pixels.length / RGB);
  for (let at = 0; at < indices.length; at++) indices[at] = indexOf.get(pixels.readUIntBE(at * RGB, RGB)) ?? 0;
  const palette = Buffer.alloc(colours.length * RGB);
  for (const [index, colour] of colours.entries()) palette.writeUIntBE(colour, index * RGB, RGB);
  return { palette, indices };
}

function nearest(colour: number, colours: readonly number[]): number {
  const distance = (other: number) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
  let best = 0;
  for (const [index, other] of colours.entries()) if (distance(other) < distance(colours[best] ?? 0)) best = index;
  return best;
}
