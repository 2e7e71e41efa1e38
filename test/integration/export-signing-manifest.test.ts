import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint, originOf } from '../../lambda/trail/checkpoint.ts';
import { openManifest, type SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { parseNote, signNote } from '../../lambda/trail/signed-note.ts';
import { signerOf } from '../../local/signing-key.ts';
import { ANALYST, settingsOf } from '../support/command/asked-trail.ts';
import { REQUEST, SigningTrail } from '../support/exports/export-signing.ts';
import { ofEachTest } from '../support/of-each-test.ts';
import { ALPHA, activeRow, BETA } from '../support/recording/recorded-trail.ts';
import { useTrail } from '../support/recording/use-trail.ts';

const trail = useTrail({ [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:58:34')] });
const signing = ofEachTest(
  () => SigningTrail.over(trail),
  () => undefined,
);

const checkpointOf = async (endpointId: string) => String((await trail.log.readCheckpoint(endpointId))?.note);
const window = (since: string, until: string) => ({ ...REQUEST.question, since: [since], until: [until] });

describe('the manifest of an export', () => {
  it('states what was asked, what was written, by whom and when, signed with the key of the trail', async () => {
    await trail.recordTimes(2);
    expect(await signing.sign()).toEqual({
      form: 1,
      kind: 'search',
      format: 'csv',
      files: REQUEST.files,
      rows: 17,
      question: REQUEST.question,
      window: { since: '2026-11-20T07:30:00Z', until: '2026-11-20T08:00:00Z', match: 'overlap' },
      coverage: {
        complete: true,
        gaps: [],
        projectedThrough: '2026-11-20T08:10:00Z',
        pendingSince: '2026-11-20T08:08:00Z',
      },
      assumptions: expect.arrayContaining([expect.stringContaining('within 120 seconds')]),
      checkpoints: [{ endpointId: ALPHA, note: await checkpointOf(ALPHA) }],
      exportedAt: '2026-11-20T08:10:00Z',
      exportedBy: ANALYST,
      versions: { exporter: '0.1.0' },
      signedBy: Buffer.from(await trail.signer.publicKey()),
    });
  });

  it('states the instants that were meant, in whatever form they were written', async () => {
    await trail.recordTimes(2);
    const plain = await signing.sign({ question: window('2026-11-20T00:00:00Z', '2026-11-20T08:00:00Z') });
    expect(await signing.sign({ question: window('2026-11-20', '2026-11-20T10:00:00+02:00') })).toEqual(plain);
  });

  it('opens with no other key, and not after a change', async () => {
    await trail.recordTimes(1);
    const { body } = await signing.send<SignedManifest>(REQUEST);
    const other = await signerOf(generateKeyPairSync('ed25519').privateKey).publicKey();
    expect(() => openManifest(body, [other])).toThrow('no key that is trusted');
    const changed = { ...body, manifest: { ...body.manifest, rows: 16 } };
    const own = await trail.signer.publicKey();
    expect(() => openManifest(changed, [own])).toThrow('not one of this text');
    expect(body.publicKey).toBe(Buffer.from(own).toString('base64'));
  });

  it('says which gaps touch the window, as the trail knows them', async () => {
    await trail.recordTimes(1);
    await trail.recordAfter(120);
    await trail.recordTimes(1);
    const inside = await signing.sign({ question: window('2026-11-20T08:30:00Z', '2026-11-20T09:00:00Z') });
    expect(inside.coverage).toMatchObject({
      complete: false,
      gaps: [{ endpointId: ALPHA, start: '2026-11-20T08:03:00Z', end: '2026-11-20T09:07:00Z', reasons: ['no-run'] }],
    });
    const after = await signing.sign({ question: window('2026-11-20T09:08:00Z', '2026-11-20T09:30:00Z') });
    expect(after.coverage).toMatchObject({ complete: true, gaps: [] });
  });

  it('is complete only as far as entries are projected and signed', async () => {
    await trail.recordTimes(3);
    const question = window('2026-11-20T08:00:00Z', '2026-11-20T08:13:00Z');
    const known = { projectedThrough: '2026-11-20T08:15:00Z', pendingSince: '2026-11-20T08:13:00Z' };
    expect((await signing.sign({ question })).coverage).toEqual({ complete: true, gaps: [], ...known });
    trail.now = new Date(trail.now.getTime() + 300_000);
    const signer = { ...trail.signer, sign: () => Promise.reject(new Error('no key')) };
    await trail.record(undefined, { ...trail.ports(), signer }).catch(() => undefined);
    const beyond = window('2026-11-20T08:00:00Z', '2026-11-20T08:13:01Z');
    expect((await signing.sign({ question: beyond })).coverage).toEqual({ complete: false, gaps: [], ...known });
  });

  it('holds the newest checkpoint of every endpoint that the question is about, and of no other', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [] };
    await trail.recordTimes(2);
    const of = async (endpointId: string) => ({ endpointId, note: await checkpointOf(endpointId) });
    expect((await signing.sign()).checkpoints).toEqual([await of(ALPHA), await of(BETA)]);
    const one = await signing.sign({ question: { ...REQUEST.question, endpoint: [BETA] } });
    expect(one.checkpoints).toEqual([await of(BETA)]);
  });

  it('holds an older checkpoint where that is given, with the evidence that is tied to it', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [] };
    await trail.recordTimes(2);
    const older = { endpointId: ALPHA, note: await checkpointOf(ALPHA) };
    await trail.recordTimes(2);
    const newest = { endpointId: BETA, note: await checkpointOf(BETA) };
    expect((await signing.sign({ checkpoints: [older] })).checkpoints).toEqual([older, newest]);
    const evidence = [ALPHA, BETA].map((endpointId) => ({ endpointId, first: 0, size: 2, ...NO_PROOFS }));
    const manifest = await signing.sign({ checkpoints: [newest, older], evidence });
    expect(manifest).toMatchObject({ checkpoints: [older, newest], evidence });
    expect(openCheckpoint(older.note, originOf(ALPHA), [manifest.signedBy]).size).toBe(2);
  });

  it('holds a given checkpoint that others have signed as well, also where the key has changed since', async () => {
    await trail.recordTimes(1);
    const note = await checkpointOf(ALPHA);
    const other = signerOf(generateKeyPairSync('ed25519').privateKey);
    const witnessed = await signNote(parseNote(note).text, 'witness.example', other);
    const given = { endpointId: ALPHA, note: note + witnessed.slice(witnessed.lastIndexOf('\n\n') + 2) };
    expect((await signing.sign({ checkpoints: [given] })).checkpoints).toEqual([given]);
    trail.now = new Date(trail.now.getTime() + 1000);
    Object.assign(trail, { signer: other });
    const again = await SigningTrail.over(trail);
    expect((await again.sign({ checkpoints: [given] })).checkpoints).toEqual([given]);
  });

  it('is signed before anything was recorded, and says that nothing is known', async () => {
    expect(await signing.sign()).toMatchObject({
      coverage: { complete: false, gaps: [{ reasons: ['nothing-recorded'] }] },
      checkpoints: [],
    });
  });
});

const NO_PROOFS = { left: [], consistency: [], others: [] };

describe('an export that is signed', () => {
  beforeEach(() => trail.recordTimes(1));

  it('is noted among the accesses, with its question and its rows', async () => {
    await signing.sign({ question: { ...REQUEST.question, user: ['a&b=c', 'é'] } });
    const window = 'since=2026-11-20T07%3A30%3A00Z&until=2026-11-20T08%3A00%3A00Z';
    const question = `POST /exports?user=a%26b%3Dc&user=%C3%A9&${window}`;
    expect(await signing.accesses()).toMatchObject([
      { access: '2026-11-20T08:05:00Z#request-1', principal: ANALYST, question, rows: 17 },
    ]);
  });

  it('is noted as nothing where it is about an endpoint that is not recorded', async () => {
    const answer = await signing.send({ ...REQUEST, question: { ...REQUEST.question, endpoint: [BETA] } });
    expect(answer).toMatchObject({ status: 404, body: { type: '/problems/endpoint-not-recorded' } });
    expect(await signing.accesses()).toMatchObject([{ rows: 0 }]);
  });

  it('is not given away where the access cannot be noted', async () => {
    const blind = await SigningTrail.over(trail, { settings: { ...settingsOf(trail), ACCESSES_TABLE: 'Nowhere' } });
    const { status, body } = await blind.send<object>(REQUEST);
    expect({ status, body }).toMatchObject({ status: 503, body: { type: '/problems/access-not-noted' } });
    expect(Object.keys(body)).not.toContain('signature');
  });
});
