import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkpointObject, manifestObject } from '../../lambda/trail/archive.ts';
import { originOf, signCheckpoint } from '../../lambda/trail/checkpoint.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { parseNote, signNote } from '../../lambda/trail/signed-note.ts';
import { signerOf } from '../../local/signing-key.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectSoundArchive } from '../support/recording/sound-archive.ts';
import { interrupt, recordWithout } from '../support/servers/interrupted-clients.ts';
import { RewrittenStore } from '../support/tampering/rewritten-store.ts';
import { TamperedTrail } from '../support/tampering/tampered-trail.ts';

let trail: RecordedTrail;
let store: RewrittenStore;

const ROWS = { [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:50:00')] };
let recorded: TamperedTrail;

beforeAll(async () => {
  const first = Object.assign(await RecordedTrail.start(), { rows: ROWS });
  await first.record();
  await first.recordTimes(3);
  recorded = await TamperedTrail.of(first);
  await first.close();
});
beforeEach(async () => {
  trail = Object.assign(await recorded.store(), { rows: ROWS });
  store = new RewrittenStore(trail);
});
afterEach(() => trail.close());

const isOfTrail = (input: unknown): boolean => Buffer.from((input as [Uint8Array])[0]).includes('/trail-');

/** What the next runs sign, what they say, and what they do to the archive's manifests and checkpoints. */
async function recordNext(minutes = 5) {
  // The trail's own log is in anchor-trail.test.ts.
  const evidence = () => [...trail.archive.objects.keys()].filter((key) => !/^chunks\/|\/trail-/.test(key)).sort();
  const before = evidence();
  trail.now = new Date(trail.now.getTime() + minutes * 60_000);
  const ports = trail.ports();
  let signed = 0;
  interrupt(ports, async (_, proceed, input, name) => {
    if (name === 'signer.sign' && !isOfTrail(input)) signed++;
    return proceed();
  });
  const { failures: all } = await trail.record({}, ports);
  const failures = all.filter(({ endpointId }) => endpointId !== undefined);
  return {
    signed,
    messages: failures.map(({ message }) => message),
    reasons: failures.map(({ reason }) => reason),
    added: evidence().filter((key) => !before.includes(key)),
  };
}

/** A run that archives its checkpoint, and is cut off before the store says so. */
async function leaveUnsaved(): Promise<void> {
  trail.now = new Date(trail.now.getTime() + 300_000);
  const ports = trail.ports();
  let archived = false;
  interrupt(ports, async (_, proceed, input, name) => {
    if (archived) throw new Error('cut off');
    const done = await proceed();
    archived = name === 'archive.putOnce' && String((input as unknown[])[0]).startsWith('checkpoints/');
    return done;
  });
  await trail.record({}, ports);
}

const STRANGER = signerOf(generateKeyPairSync('ed25519').privateKey);
const NOTHING = { signed: 0, reasons: ['checkpoint'], added: [] };
const UNTIL = 'Nothing is signed until this is cleared up; cvpn-audit verify tells more';

/** The next run signs and archives nothing, and says why. */
async function expectNothingSigned(message: string): Promise<void> {
  const next = await recordNext();
  expect(next).toMatchObject(NOTHING);
  expect(next.messages).toEqual([expect.stringContaining(message)]);
}

describe('nothing is signed', () => {
  it('where the log was rewritten, with its head and its checkpoint', async () => {
    const head = await store.rewrite((manifest) => (manifest.entry === 1 ? { ...manifest, connections: 0 } : manifest));
    await store.forgeCheckpoint(head);
    await expectNothingSigned(
      `the archive holds another checkpoint of 4 entries: the store or the archive was changed, or restored. ${UNTIL}`,
    );
  });

  it('where the log was rewritten, and the checkpoint removed so that all is signed anew', async () => {
    await store.rewrite((manifest) => (manifest.entry === 1 ? { ...manifest, connections: 0 } : manifest));
    await store.removeCheckpoint();
    const next = await recordNext();
    // The first entry is as it was: its signature, the same bytes again, tells nothing new.
    expect(next).toMatchObject({ ...NOTHING, signed: 1 });
    expect(next.messages).toEqual([expect.stringContaining(`the archive holds another ${manifestObject(ALPHA, 1)}`)]);
  });

  it('where the tail was cut off and appended anew', async () => {
    const head = await store.rewrite((manifest) => (manifest.entry < 2 ? manifest : undefined));
    await store.forgeCheckpoint(head);
    trail.rows = { [ALPHA]: [] };
    await expectNothingSigned(`the archive holds another ${manifestObject(ALPHA, 2)}`);
  });

  it('where the tail was cut off, and the checkpoint still knows of it', async () => {
    await store.rewrite((manifest) => (manifest.entry < 2 ? manifest : undefined));
    await expectNothingSigned('the log has entry 2 where entry 4 should be');
  });

  it('where an entry was taken out of what is not signed yet', async () => {
    await recordWithout(trail, (name) => name === 'signer.sign');
    await store.remove({ endpointId: ALPHA, slot: '2026-11-20T08:20:00Z' });
    await expectNothingSigned('the log has entry 5 where entry 4 should be');
  });

  it('where the archive has another checkpoint, by a key that is nobody’s', async () => {
    const note = await signCheckpoint({ origin: originOf(ALPHA), size: 4, root: leafHash('x') }, trail.signer);
    trail.archive.objects.set(checkpointObject(ALPHA, 4), Buffer.from(note));
    await expectNothingSigned('the archive holds another checkpoint of 4 entries');
  });

  it.each([
    ['of the last entry', 4, /another checkpoint of 4 entries/],
    ['of the next one', 5, /another checkpoints/],
  ])('where the archive’s checkpoint %s is right, but only somebody else has signed it', async (_, size, message) => {
    await leaveUnsaved();
    const name = checkpointObject(ALPHA, size);
    const { text } = parseNote(trail.archive.text(name));
    trail.archive.objects.set(name, Buffer.from(await signNote(text, originOf(ALPHA), STRANGER)));
    const { signed: _signed, ...next } = await recordNext();
    expect(next).toMatchObject({ reasons: ['checkpoint'] });
    expect(next.messages).toEqual([expect.stringMatching(message)]);
    expect(await trail.log.readCheckpoint(ALPHA)).toMatchObject({ size: 4 });
  });

  it('where the archive has lost the checkpoint', async () => {
    trail.archive.objects.delete(checkpointObject(ALPHA, 4));
    await expectNothingSigned('the archive does not hold the checkpoint of 4 entries');
  });

  it.each(['', 'what is this', 'no\n\n— note here\n'])(
    'where the archive’s checkpoint is %j, and the message says so',
    async (text) => {
      trail.archive.objects.set(checkpointObject(ALPHA, 4), Buffer.from(text));
      await expectNothingSigned(UNTIL);
    },
  );

  it('where the archive is further than the log: another trail writes there, or this one was restored', async () => {
    trail.archive.objects.set(checkpointObject(ALPHA, 5), Buffer.from('another'));
    const next = await recordNext();
    expect(next).toMatchObject({ reasons: ['checkpoint'], added: [manifestObject(ALPHA, 4)] });
    expect(next.messages).toEqual([expect.stringContaining(`the archive holds another ${checkpointObject(ALPHA, 5)}`)]);
    expect(await trail.log.readCheckpoint(ALPHA)).toMatchObject({ size: 4 });
  });
});

describe('what is refused', () => {
  it('is recorded and projected all the same, and said at every run', async () => {
    trail.archive.objects.delete(checkpointObject(ALPHA, 4));
    trail.rows = { [ALPHA]: [activeRow('cvpn-connection-0b', '2026-11-20 08:16:00')] };
    await recordNext();
    expect(await trail.connection('cvpn-connection-0b')).toMatchObject({ status: 'active' });
    expect(await recordNext()).toMatchObject(NOTHING);
    expect(await trail.manifests()).toHaveLength(6);
  });

  it('goes on by itself once what was changed is back', async () => {
    const name = checkpointObject(ALPHA, 4);
    const note = trail.archive.objects.get(name);
    trail.archive.objects.delete(name);
    await recordNext();
    trail.archive.objects.set(name, note ?? new Uint8Array());
    expect(await recordNext()).toMatchObject({ signed: 2, messages: [] });
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([6]);
  });
});

describe('a checkpoint that only the store has lost', () => {
  it('is made again: the archive has the same bytes', async () => {
    await store.removeCheckpoint();
    expect(await recordNext()).toMatchObject({
      messages: [],
      added: [manifestObject(ALPHA, 4), checkpointObject(ALPHA, 5)].sort(),
    });
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([5]);
  });
});

describe('a checkpoint that others have signed as well', () => {
  /** Signature lines of a witness, before the trail's own and after it. */
  async function cosign(size: number): Promise<void> {
    const name = checkpointObject(ALPHA, size);
    const note = trail.archive.text(name);
    const witnessed = await signNote(parseNote(note).text, 'witness.example/key', STRANGER);
    const line = witnessed.slice(witnessed.lastIndexOf('\n\n') + 2);
    trail.archive.objects.set(name, Buffer.from(note.replace('\n\n', `\n\n${line}`) + line));
  }

  it('is gone on from', async () => {
    await cosign(4);
    expect(await recordNext()).toMatchObject({ signed: 1, messages: [] });
  });

  it('is taken for the one that a run that was cut off has archived', async () => {
    await leaveUnsaved();
    await cosign(5);
    expect(await recordNext()).toMatchObject({ signed: 2, messages: [] });
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([6]);
  });

  it('is taken for the one that the store has lost', async () => {
    await store.removeCheckpoint();
    for (const size of [1, 2, 3, 4]) await cosign(size);
    expect(await recordNext()).toMatchObject({ signed: 5, messages: [] });
    expect(await expectSoundArchive(trail.log, trail.archive)).toEqual([5]);
  });
});
