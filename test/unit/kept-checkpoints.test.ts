import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { originOf, signCheckpoint } from '../../lambda/trail/checkpoint.ts';
import { appendLeaf, EMPTY_RANGE, leafHash, rootOf } from '../../lambda/trail/proof.ts';
import { signNote } from '../../lambda/trail/signed-note.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { signerOf } from '../../local/signing-key.ts';
import { collectFindings } from '../../verification/findings.ts';
import { compareKept, readKeptCheckpoints } from '../../verification/log/kept-checkpoints.ts';

const [ALPHA, BETA] = ['cvpn-endpoint-0aaaaaaaaaaaaaaaa', 'cvpn-endpoint-0bbbbbbbbbbbbbbbb'];
const [signer, stranger] = [1, 2].map(() => signerOf(generateKeyPairSync('ed25519').privateKey));
const keys = { publicKeys: [(await signer?.publicKey()) ?? new Uint8Array()], isPinned: true };

/** A log of so many entries, told apart by what they say. */
function logOf(length: number, says = 'entry') {
  const leaves = Array.from({ length }, (_, entry) => leafHash(`${says} ${entry}`));
  return { leaves, manifests: leaves.map((_, entry) => ({ entry }) as Manifest) };
}

async function noteOf(size: number, { endpointId = ALPHA ?? '', says = 'entry', by = signer } = {}): Promise<string> {
  const root = rootOf(logOf(size, says).leaves.reduce(appendLeaf, EMPTY_RANGE));
  if (!by) throw new Error('no signer');
  return signCheckpoint({ origin: originOf(endpointId), size, root }, by);
}

/** What a comparison of kept checkpoints with a log says: each fault's kind, and whether each is contained. */
function compared(text: string, log: ReturnType<typeof logOf> | undefined) {
  const findings = collectFindings(() => undefined);
  const all = compareKept(readKeptCheckpoints(text, 'kept.txt'), log, keys, 'archive', findings);
  return [all.map(({ isContained }) => isContained), findings.faults.map(({ kind }) => kind)];
}

describe('checkpoints that somebody kept', () => {
  it('are read from one text, with or without lines between them, of any line ends', async () => {
    const notes = [await noteOf(1), await noteOf(7), await noteOf(3, { endpointId: BETA })];
    for (const text of [notes.join(''), notes.join('\n\n'), `\n${notes.join('').replaceAll('\n', '\r\n')}`]) {
      const read = readKeptCheckpoints(text, 'kept.txt');
      expect(read.map(({ endpointId, size }) => [endpointId, size])).toEqual([
        [ALPHA, 1],
        [ALPHA, 7],
        [BETA, 3],
      ]);
      expect(read.map(({ note }) => note)).toEqual(notes);
    }
  });

  it('with signatures of several are one each', async () => {
    const [note, line] = [await noteOf(5), (await noteOf(5, { by: stranger })).split('\n\n')[1]];
    expect(readKeptCheckpoints(`${note}${line}${note}`, '').map(({ size }) => size)).toEqual([5, 5]);
  });

  it.each([
    ['nothing', '', /no signature below an empty line/],
    ['something else', 'what is this\n', /no signature below an empty line/],
    ['a note cut short', 'client-vpn-audit/x\n5\n\n— x', /no signature/],
  ])('are not %s', (_, text, message) => {
    expect(() => readKeptCheckpoints(text, '')).toThrow(message);
  });

  it('are not of anything but a log', async () => {
    if (!signer) return;
    const other = await signNote('client-vpn-audit/export\n5\n5\n', 'client-vpn-audit/export', signer);
    expect(() => readKeptCheckpoints(other, '')).toThrow(/this is no checkpoint/);
    const alien = (await noteOf(5)).replace(/^.*\n/, 'example.org/log\n');
    expect(() => readKeptCheckpoints(alien, '')).toThrow('example.org/log, which is no log of an endpoint');
  });

  it('are contained in a log that went on from them', async () => {
    for (const size of [1, 2, 5, 8, 13]) {
      expect([size, compared(await noteOf(size), logOf(13))]).toEqual([size, [[true], []]]);
    }
  });

  it('tell of a log that is shorter, of one with another history, and of one that is gone', async () => {
    const all = (await noteOf(5)) + (await noteOf(8));
    expect(compared(all, logOf(7))).toEqual([[true, false], ['log-rolled-back']]);
    expect(compared(all, logOf(8, 'another'))).toEqual([
      [false, false],
      ['log-rewritten', 'log-rewritten'],
    ]);
    expect(compared(all, undefined)).toEqual([
      [false, false],
      ['log-removed', 'log-removed'],
    ]);
  });

  it('that no trusted key has signed are told, and compared all the same', async () => {
    const forged = await noteOf(5, { by: stranger });
    expect(compared(forged, logOf(8))).toEqual([[true], ['checkpoint-of-another-key']]);
    expect(compared((await noteOf(5)).replace('\n5\n', '\n4\n'), logOf(8))).toEqual([
      [false],
      ['checkpoint-changed', 'log-rewritten'],
    ]);
  });

  it('of every day are compared in one walk through the log, in whatever order they come', async () => {
    const sizes = [900, 3, 500, 3, ...Array.from({ length: 40 }, (_, day) => 20 * day + 1)];
    const log = logOf(900);
    let read = 0;
    const get = (leaves: Uint8Array[], name: string | symbol) => {
      read += Number(/^\d+$/.test(String(name)));
      return Reflect.get(leaves, name);
    };
    const counted = { ...log, leaves: new Proxy(log.leaves, { get }) };
    const text = (await Promise.all(sizes.map((size) => noteOf(size)))).join('');
    expect(compared(text, counted)).toEqual([sizes.map(() => true), []]);
    expect(read).toBeLessThanOrEqual(900);
  });
});
