import { describe, expect, it } from 'vitest';
import { captureConnections } from '../../lambda/recorder/capture.ts';
import { LARGEST_ROW_BYTES } from '../../lambda/trail/chunks.ts';
import { memoryTrail } from '../support/odd-truths/world-trail.ts';
import { ALPHA } from '../support/recording/recorded-trail.ts';

const { signal } = new AbortController();

/** What is captured of an answer whose rows have these values. */
function capture(values: readonly string[], most?: Parameters<typeof captureConnections>[3]) {
  const items = values.map((value, index) => `<item><connectionId>c${index}</connectionId><x>${value}</x></item>`);
  const xml = `<DescribeClientVpnConnectionsResponse><connections>${items.join('')}</connections></DescribeClientVpnConnectionsResponse>`;
  const { ec2 } = memoryTrail(() => ({ date: new Date(0), xml })).ports;
  const ports = { ec2, now: () => new Date(0), elapsed: () => 0, timeout: () => signal };
  return captureConnections(ports, { endpointId: ALPHA, pageSize: 1000 }, signal, most);
}

/** Bytes of a line beside its value. */
const AROUND = '{"connectionId":"c0","x":""}'.length;

describe('an answer of AWS', () => {
  it('with a row as large as can be unpacked again is recorded, and with a larger one refused', async () => {
    const most = LARGEST_ROW_BYTES - 1 - AROUND;
    expect((await capture(['x'.repeat(most)])).rows).toHaveLength(1);
    await expect(capture(['x'.repeat(most + 1)])).rejects.toMatchObject({
      name: 'MalformedAnswer',
      message: 'expected rows of less than 4194304 bytes, got a larger one',
    });
    // Bytes count, not characters.
    await expect(capture(['ä'.repeat(most / 2 + 1)])).rejects.toMatchObject({ name: 'MalformedAnswer' });
  });

  it('with more rows than a snapshot can have is refused', async () => {
    const most = { row: LARGEST_ROW_BYTES, snapshot: 3 * AROUND };
    expect((await capture(['', '', ''], most)).rows).toHaveLength(3);
    await expect(capture(['', '', '', ''], most)).rejects.toMatchObject({
      name: 'MalformedAnswer',
      message: `expected rows of at most ${3 * AROUND} characters together, got more`,
    });
  });
});
