import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExportManifest, type SignedManifest, signManifest } from '../../lambda/trail/export-manifest.ts';
import type { LeftOutAnswer, LeftOutLog } from '../../verification/exports/left-out.ts';
import { ask as run } from '../support/command/asked-api.ts';
import { runByHand } from '../support/exports/by-hand.ts';
import { NOWHERE, type ProofVerdict, ProvenExport } from '../support/exports/exported-proof.ts';
import type { ExportedTrail } from '../support/exports/exported-trail.ts';
import { askOwned, OTHER, OWN, startOwnedTrail } from '../support/exports/owned-trail.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { GAMMA } from '../support/tampering/tampered-names.ts';

let exported: ExportedTrail;
beforeAll(async () => {
  exported = await startOwnedTrail();
});
afterAll(() => exported.close());

async function ask<T>(path: string): Promise<T> {
  return (await (await fetch(`${exported.server.url}${path}`)).json()) as T;
}

const said = (words: readonly string[]) => askOwned(exported, words);

describe('an export by account', () => {
  const WINDOW = '--since 2026-11-20T08:05:00Z --until 2026-11-20T08:15:00Z';
  const FORM = '--format ndjson --evidence';

  it('is proven of the endpoints of the account, and says what is not', async () => {
    const { code, said: words } = await exported.export('own', `${WINDOW} ${FORM} --account ${OWN}`);
    expect([code, words]).toEqual([0, expect.stringContaining('own: 2 connections')]);
    const made = ProvenExport.copy(exported, 'own');
    const { verdict, faults, notes, asked } = await made.verdict();
    expect({ verdict, faults, asked }).toMatchObject({
      verdict: 'proven',
      faults: [],
      asked: { filters: { account: [OWN] }, endpoints: [ALPHA, GAMMA] },
    });
    expect(notes).toEqual([
      `That no other endpoint is of the account ${OWN} is the word of the trail when it signed: nothing that came along proves it, as an auditor's pack does (cvpn-audit audit).`,
    ]);
    expect((await made.verify()).out).toContain(`on the endpoints of the account ${OWN} (${ALPHA}, ${GAMMA})`);
  });

  it('is not signed where its evidence leaves out an endpoint of the account', async () => {
    const { signed } = ProvenExport.copy(exported, 'own');
    const { question, format, files, rows, checkpoints, evidence = [] } = signed.manifest;
    const isKept = ({ endpointId }: { readonly endpointId: string }) => endpointId !== GAMMA;
    const made = { question, format, files, rows, exporter: 'test' };
    const request = { ...made, checkpoints: checkpoints.filter(isKept), evidence: evidence.filter(isKept) };
    const [method, body] = ['POST', JSON.stringify(request)];
    const answer = await fetch(`${exported.server.url}/exports`, { method, body });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ detail: expect.stringContaining(`one stretch of the log of ${GAMMA}, got 0`) }),
    ]);
  });

  it('by one who passes off the log of another account is not proven', async () => {
    await exported.export('all', `${WINDOW} ${FORM}`);
    const made = ProvenExport.copy(exported, 'all');
    const { question } = made.signed.manifest;
    await made.sign({ question: { ...question, account: [OWN] } });
    expect(await made.faults()).toEqual([expect.stringContaining('export-changed')]);
    const { faults } = await made.verdict();
    expect(faults[0]).toMatchObject({
      endpointId: BETA,
      message: `Its log is of the account ${OTHER} in eu-central-1; the question asks for endpoints of the account ${OWN}.`,
    });
  });

  it('goes on with the same accounts and Regions after it was interrupted', async () => {
    exported.way.isDown = ({ target }) => target.startsWith('/exports');
    const { said: words } = await exported.export(
      'broken',
      `${WINDOW} ${FORM} --account ${OWN} --endpoint-region us-east-1`,
    );
    exported.way.isDown = () => false;
    expect(words).toContain(`To go on: cvpn-audit export --account ${OWN} --endpoint-region us-east-1 --since`);
    const other = await exported.export('broken', `${WINDOW} ${FORM} --account ${OTHER}`);
    expect(other.said).toContain(`account was ${OWN} and is ${OTHER}`);
    expect(
      (await exported.export('broken', `${WINDOW} ${FORM} --account ${OWN} --endpoint-region us-east-1`)).code,
    ).toBe(0);
  });
});

describe('a pack by account', () => {
  const WORDS = `audit --since 2026-11-20T08:05:00Z --until 2026-11-20T08:15:00Z --account ${OWN} --endpoint-region eu-central-1`;
  const pack = () => exported.path('pack');
  beforeAll(async () => {
    const { code, said: words } = await said([...WORDS.split(' '), '--out', pack()]);
    if (code !== 0) throw new Error(words);
  });

  /** A copy that the trail's key has signed with another question, and with something else of the logs that are left out. */
  async function signedAnew(owners: ExportManifest['question'], change: (logs: readonly LeftOutLog[]) => unknown) {
    const folder = mkdtempSync(join(exported.folder, 'pack-'));
    cpSync(pack(), folder, { recursive: true });
    const [place, list] = ['connections.csv.manifest.json', 'left-out.json'].map((name) => join(folder, name));
    const { leftOut } = JSON.parse(readFileSync(list ?? '', 'utf8')) as LeftOutAnswer;
    const text = JSON.stringify({ leftOut: change(leftOut) });
    writeFileSync(list ?? '', text);
    const { manifest } = JSON.parse(readFileSync(place ?? '', 'utf8')) as SignedManifest;
    const { account: _account, region: _region, ...question } = manifest.question;
    const sha256 = createHash('sha256').update(text).digest('hex');
    const beside = manifest.beside?.map((one) =>
      one.name === 'left-out.json' ? { ...one, bytes: Buffer.byteLength(text), sha256 } : one,
    );
    const signed = { ...manifest, question: { ...question, ...owners }, beside };
    writeFileSync(place ?? '', JSON.stringify(await signManifest(signed, exported.trail.signer)));
    return verified(folder);
  }

  async function verified(folder: string): Promise<ProofVerdict> {
    const key = Buffer.from(await exported.trail.signer.publicKey()).toString('base64');
    return JSON.parse((await run(NOWHERE, ['verify', folder, '--key', key, '--output', 'json'])).out) as ProofVerdict;
  }

  const ASKED = { account: [OWN], region: ['eu-central-1'] };
  const linesOf = ({ faults }: ProofVerdict) => faults.map((one) => `${one.kind} ${one.endpointId}`).sort();

  it('proves that it leaves out nothing but logs of others', async () => {
    expect(await verified(pack())).toMatchObject({ verdict: 'proven', allThatMatch: true, faults: [], notes: [] });
    const readme = readFileSync(join(pack(), 'README.md'), 'utf8');
    expect(readme).toContain(`Endpoints of the account ${OWN} in the Region eu-central-1: ${ALPHA}.`);
    expect(readme).toContain('| `left-out.json` |');
    expect(linesOf(await signedAnew(ASKED, (logs) => logs))).toEqual([]);
    const key = Buffer.from(await exported.trail.signer.publicKey()).toString('base64');
    const byHand = runByHand(join(pack(), 'verify-by-hand.sh'), [join(pack(), 'connections.csv'), key]);
    expect([byHand.status, byHand.stdout]).toEqual([0, expect.stringContaining('RIGHT: everything that was checked')]);
  });

  it('is not proven where a log is left out for what an older entry of it says', async () => {
    const path = `/snapshots/${BETA}/2026-11-20T08:05:00Z`;
    const [{ canonical }, { checkpoint, inclusion }] = await Promise.all([
      ask<LeftOutLog>(path),
      ask<LeftOutLog>(`${path}/proof`),
    ]);
    const older = { endpointId: BETA, canonical, checkpoint, inclusion };
    const verdict = await signedAnew(ASKED, (logs) => logs.map((log) => (log.endpointId === BETA ? older : log)));
    expect(linesOf(verdict)).toEqual([`evidence-missing ${BETA}`]);
  });

  it('is not proven where one of the account was left out', async () => {
    expect(linesOf(await signedAnew({ account: [OWN] }, (logs) => logs))).toEqual([
      `evidence-missing ${GAMMA}`,
      `export-changed ${GAMMA}`,
    ]);
    const others = (logs: readonly LeftOutLog[]) => logs.filter(({ endpointId }) => endpointId !== GAMMA);
    const { faults } = await signedAnew({ account: [OWN] }, others);
    expect(faults).toMatchObject([
      {
        kind: 'evidence-missing',
        endpointId: GAMMA,
        message: expect.stringContaining(`nothing proves that it is not one of an endpoint of the account ${OWN}`),
      },
    ]);
  });

  it.each<[string, (log: LeftOutLog) => Partial<LeftOutLog>]>([
    ['another entry than was signed', ({ canonical }) => ({ canonical: canonical.replace(OWN, '111122223333') })],
    ['another path', () => ({ inclusion: [] })],
    ['no checkpoint', () => ({ checkpoint: '' })],
    ['an entry of another log', () => ({ endpointId: ALPHA })],
  ])('is not proven by %s', async (_, change) => {
    const lines = linesOf(
      await signedAnew(ASKED, (logs) =>
        logs.map((log) => (log.endpointId === GAMMA ? { ...log, ...change(log) } : log)),
      ),
    );
    expect(lines).toEqual([`evidence-missing ${GAMMA}`, expect.stringMatching(/^export-changed cvpn-endpoint-0[ac]/)]);
  });

  it('is not proven by a list that is none', async () => {
    expect(linesOf(await signedAnew(ASKED, () => 'none'))).toEqual([
      `evidence-missing ${BETA}`,
      `evidence-missing ${GAMMA}`,
      'export-changed undefined',
    ]);
  });
});
