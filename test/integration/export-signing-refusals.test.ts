import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseCheckpoints } from '../../lambda/export/checkpoints.ts';
import { openCheckpoint, originOf, signCheckpoint } from '../../lambda/trail/checkpoint.ts';
import { REQUEST, SigningTrail } from '../support/exports/export-signing.ts';
import { ofEachTest } from '../support/of-each-test.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { useTrail } from '../support/recording/use-trail.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';

const trail = useTrail();
const signing = ofEachTest(
  () => SigningTrail.over(trail),
  () => undefined,
);
// Nothing that was refused is noted as if it had been signed.
afterEach(async () => {
  const noted = await signing.accesses();
  if (noted.length + signing.errors.length > 0) throw new Error('a refusal was noted, or was a failure');
});

const file = (changes: object) => ({ files: [{ ...REQUEST.files[0], ...changes }] });
const question = (changes: object) => ({ question: { ...REQUEST.question, ...changes } });
const others = (count: number) => Array.from({ length: count }, (_, entry) => ({ entry, inclusion: [] }));
const stretch = (changes: object) => ({
  evidence: [{ endpointId: ALPHA, first: 0, size: 1, left: [], consistency: [], others: [], ...changes }],
});

describe('a body that is wrong is refused, and what is wrong in it named:', () => {
  const WRONG: readonly (readonly [string, object, parameter: string])[] = [
    ['a member that nobody knows', { exportedBy: 'somebody else' }, 'exportedBy'],
    ['coverage of its own making', { coverage: { complete: true, gaps: [] } }, 'coverage'],
    ['a format that nothing writes', { format: 'xml' }, 'format'],
    ['no file', { files: [] }, 'files'],
    ['a file in a folder', file({ name: '../november.csv' }), 'files.0.name'],
    ['a file without a name', file({ name: '' }), 'files.0.name'],
    ['a file whose name has a control character', file({ name: 'a\u001b[2Jb' }), 'files.0.name'],
    ['a file that is called after its folder', file({ name: '..' }), 'files.0.name'],
    ['a hash that is cut short', file({ sha256: 'ab' }), 'files.0.sha256'],
    ['a hash in capitals', file({ sha256: 'AB'.repeat(32) }), 'files.0.sha256'],
    ['a size below zero', file({ bytes: -1 }), 'files.0.bytes'],
    ['more about a file than there is to say', file({ owner: 'x' }), 'files.0.owner'],
    ['rows that no number holds', { rows: 2 ** 53 }, 'rows'],
    ['half a row', { rows: 1.5 }, 'rows'],
    ['no version', { exporter: '' }, 'exporter'],
    ['a value in place of a list', question({ user: 'alice' }), 'question.user'],
    ['a parameter that nobody knows', question({ name: ['alice'] }), 'name'],
    ['a page in place of the whole', question({ limit: ['10'] }), 'limit'],
    ['a place in the pages', question({ cursor: ['abc'] }), 'cursor'],
    ['an instant beside the window', question({ at: ['now'] }), 'at'],
    ['a window without a beginning', question({ since: [] }), 'since'],
    ['a window without an end', question({ until: [] }), 'until'],
    ['a window with two ends', question({ until: ['2026-11-20T08:00:00Z', '2026-11-20T09:00:00Z'] }), 'until'],
    ['a window that ends before it begins', question({ until: ['2026-11-20T07:00:00Z'] }), 'until'],
    ['a time in no zone', question({ since: ['2026-11-20 07:00:00'] }), 'since'],
    ['a status that AWS has not', question({ status: ['open'] }), 'status'],
    ['since when it is pending', { pendingSince: '2026-11-20T08:00:00Z' }, 'pendingSince'],
    ['through when it is projected', { projectedThrough: '2000-01-01T00:00:00Z' }, 'projectedThrough'],
    ['too many entries beside the stretch', stretch({ others: others(1601) }), 'evidence.0.others'],
    ['a proof that is no hash', stretch({ left: ['root'] }), 'evidence.0.left.0'],
  ];

  it.each(WRONG)('%s', async (_, changes, parameter) => {
    const problem = await signing.refused({ ...REQUEST, ...changes });
    expect(problem).toMatchObject({ type: '/problems/parameters-invalid', status: 400 });
    expect(problem.errors?.map((error) => error.parameter)).toContain(parameter);
    expect(problem.detail).toContain(`${parameter}: `);
  });

  it('every member of it, not only the first', async () => {
    const { errors } = await signing.refused({ ...REQUEST, rows: 'many', format: 'xml', exporter: 1 });
    expect(errors?.map(({ parameter }) => parameter)).toEqual(['format', 'rows', 'exporter']);
    for (const { expected } of errors ?? []) expect(expected).not.toMatch(/invalid/i);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"rows":'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('%s', async (_, body) => {
    expect(await signing.refused(body)).toMatchObject({ status: 400, errors: [{ parameter: 'body' }] });
  });

  it('more than a megabyte of it', async () => {
    const body = JSON.stringify(REQUEST).padEnd(4 * 1024 * 1024 + 1);
    expect(await signing.refused(body)).toMatchObject({
      status: 400,
      errors: [{ parameter: 'body', given: `${4 * 1024 * 1024 + 1} bytes`, expected: `at most ${4 * 1024 * 1024}` }],
    });
  });

  it('a question longer than any that is noted', async () => {
    const user = Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(200, 'x'));
    expect(await signing.refused({ ...REQUEST, ...question({ user }) })).toMatchObject({
      status: 400,
      detail: expect.stringContaining('at most 16384 characters'),
    });
  });
});

describe('what a trail has not signed, it does not pass on:', () => {
  beforeEach(() => trail.recordTimes(2));
  const given = async (signer = trail.signer, endpointId = ALPHA, origin = originOf(endpointId)) => {
    const stored = (await trail.items('#checkpoints'))[0];
    const { root } = openCheckpoint(String(stored?.note), originOf(ALPHA), [await trail.signer.publicKey()]);
    return { checkpoints: [{ endpointId, note: await signCheckpoint({ origin, size: 2, root }, signer) }] };
  };
  const refused = (changes: object) => signing.refused({ ...REQUEST, ...changes });

  it("a checkpoint of another's key", async () => {
    expect(await refused(await given(STRANGER))).toMatchObject({
      status: 400,
      errors: [{ parameter: 'checkpoints.0.note', expected: expect.stringContaining('that this trail has signed') }],
    });
  });

  it("a checkpoint of another endpoint's log", async () => {
    expect(await refused(await given(trail.signer, ALPHA, originOf(BETA)))).toMatchObject({
      errors: [{ parameter: 'checkpoints.0.note' }],
    });
  });

  it('a checkpoint that is older than the proofs of an export take', async () => {
    const publicKey = await trail.signer.publicKey();
    const newest = { endpointId: ALPHA, size: 291, slot: '', hashes: [], note: '', publicKey };
    const choose = async () => chooseCheckpoints([newest], trail.signer, [ALPHA], { ...REQUEST, ...(await given()) });
    const expected = 'a checkpoint of the newest entries, of 3 or more; this is one of 2';
    await expect(choose()).rejects.toMatchObject({ errors: [{ parameter: 'checkpoints.0.note', expected }] });
    Object.assign(newest, { size: 290 });
    expect(await choose()).toMatchObject([{ size: 2 }]);
  });

  it('a note that is none', async () => {
    const checkpoints = [{ endpointId: ALPHA, note: 'signed, honestly' }];
    expect(await refused({ checkpoints })).toMatchObject({ errors: [{ parameter: 'checkpoints.0.note' }] });
  });

  it('a checkpoint of an endpoint that the question is not about, and one that is given twice', async () => {
    expect(await refused(await given(trail.signer, BETA))).toMatchObject({
      errors: [{ parameter: 'checkpoints.0.endpointId', given: BETA, expected: expect.stringContaining(ALPHA) }],
    });
    const { checkpoints } = await given();
    expect(await refused({ checkpoints: [...checkpoints, ...checkpoints] })).toMatchObject({
      errors: [{ parameter: 'checkpoints.1.endpointId' }],
    });
  });

  it('evidence that is tied to no checkpoint that came with it', async () => {
    expect(await refused(stretch({}))).toMatchObject({ errors: [{ parameter: 'evidence.0', given: ALPHA }] });
  });

  it.each([
    ['reaches beyond its checkpoint', { size: 3 }, 'evidence.0'],
    ['ends before it begins', { first: 2, size: 1 }, 'evidence.0'],
    ['is of an endpoint that the question is not about', { endpointId: BETA }, 'evidence.0'],
  ])('evidence that %s', async (_, changes, parameter) => {
    const { errors } = await refused({ ...(await given()), ...stretch(changes) });
    expect(errors?.map((error) => error.parameter)).toContain(parameter);
  });

  it('evidence that leaves an endpoint out, or comes twice', async () => {
    const { evidence } = stretch({});
    for (const stretches of [[], [...evidence, ...evidence]]) {
      const { errors } = await refused({ ...(await given()), evidence: stretches });
      expect(errors).toMatchObject([{ parameter: 'evidence', expected: expect.stringContaining(ALPHA) }]);
    }
  });
});
