import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointObject, manifestObject } from '../../lambda/trail/archive.ts';
import { formatVerifierKey } from '../../lambda/trail/signed-note.ts';
import { isTrailName } from '../../lambda/trail/trail-log.ts';
import { openSigningKey, signingKeyFile } from '../../local/signing-key.ts';
import { runCommand, startCommand } from '../support/command/cvpn-audit.ts';
import { runHere } from '../support/command/run-here.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';
import { BOB, overwrite, recordIntoFolder, SLOTS, withStore } from '../support/tampering/tampered-folder.ts';

const SAVED_ANSWER = '../fixtures/describe-client-vpn-connections.json';

let folder: string;
/** A trail that nobody has touched. */
let data: string;
/** A copy of it that was tampered with. */
let tampered: string;
let key: Uint8Array;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verify-'));
  [data, tampered] = [join(folder, 'data'), join(folder, 'tampered')];
  await recordIntoFolder(data);
  key = await openSigningKey(signingKeyFile(data)).publicKey();
  cpSync(data, tampered, { recursive: true });
  rmSync(join(tampered, 'archive', checkpointObject(BETA, 2)));
  await withStore(tampered, async (store) => {
    const { Item } = await store.documents.send(
      new GetCommand({ TableName: 'Connections', Key: { connectionId: BOB } }),
    );
    await overwrite(store, 'Connections', { ...Item, commonName: 'mallory' });
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const verify = (...words: string[]) => runHere(['verify', ...words]);

describe('verify', () => {
  it('exits 0 over a trail that nobody has touched, and says as JSON what it looked at', async () => {
    const { code, out, err } = await runCommand(['verify', '--data', data]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'proven',
      faults: [],
      notes: [],
      counts: { endpoints: 2, entries: 6, anchored: 6, compared: 2, partly: 0 },
      endpoints: 'all',
      window: {},
      keys: [base64(key)],
      keysPinned: false,
      notProven: [
        expect.stringContaining('honest'),
        expect.stringContaining('failure notes'),
        expect.stringContaining('indexes'),
      ],
    });
  });

  it('says in a table what is proven, by which key, and what is not', async () => {
    const { code, out } = await verify('--data', data, '--output', 'table');
    expect(code).toBe(0);
    expect(out).toContain('6 log entries of 2 endpoints, 6 of them under a signed checkpoint');
    expect(out).toContain(`signed by ${base64(key)}`);
    expect(out).toContain("That key is the archive's own word.");
    expect(out).toContain('PROVEN: this is what was recorded and signed.');
    expect(out).toContain('Not proven by this:');
  });

  it('exits 3 where something is wrong, goes on after the first fault, and names each', async () => {
    const { code, out, err } = await verify('--data', tampered);
    expect({ code, err }).toEqual({ code: 3, err: '' });
    const { verdict, faults } = JSON.parse(out) as { verdict: string; faults: object[] };
    expect(verdict).toBe('not-proven');
    expect(faults).toMatchObject([
      { kind: 'checkpoint-removed', place: 'archive', endpointId: BETA, entry: 1, slot: SLOTS[1] },
      { kind: 'connection-changed', place: 'store', endpointId: ALPHA, connectionId: BOB, field: 'commonName' },
    ]);
    expect(faults).toHaveLength(2);
  });

  it('says the faults as lines for people', async () => {
    const { code, out } = await verify('--data', tampered, '--output', 'table');
    expect(code).toBe(3);
    expect(out).toContain(`WRONG  archive checkpoint-removed: ${BETA}: The checkpoint of 2 entries is not there.`);
    expect(out).toContain(
      `WRONG  store connection-changed: ${ALPHA}: Connection ${BOB}: commonName is "mallory"; the log gives "bob".`,
    );
    expect(out).toContain('NOT PROVEN: 2 faults.');
  });

  it('verifies one endpoint, and a window of it', async () => {
    const one = await verify('--data', tampered, '--endpoint', ALPHA);
    expect([one.code, JSON.parse(one.out).endpoints]).toEqual([3, [ALPHA]]);
    const shown = await verify('--data', tampered, '--endpoint', ALPHA, '--output', 'table');
    expect(shown.out).toMatch(new RegExp(`^Verified .*, only ${ALPHA}:$`, 'm'));
    expect(await verify('--data', tampered, '--endpoint', BETA, '--since', SLOTS[1])).toMatchObject({ code: 3 });
    expect(await verify('--data', data, '--since', SLOTS[1], '--until', SLOTS[1])).toMatchObject({ code: 0 });
  });

  it('shows how far it is', async () => {
    const { terminal } = await verify('--data', data);
    expect(terminal.counts).toEqual(
      expect.arrayContaining([
        `${ALPHA}  reading the log`,
        `${ALPHA}  3 of 3 entries verified and replayed`,
        expect.stringMatching(/^\d+ connections compared with the log$/),
      ]),
    );
  });

  it('goes through the DynamoDB of a "serve" that runs in the folder', async () => {
    const [served, saved] = [join(folder, 'served'), join(import.meta.dirname, SAVED_ANSWER)];
    const serve = startCommand(['serve', '--simulate', saved, '--data', served, '--port', '0', '--ec2-port', '0']);
    await serve.prints(/2 opened/);
    const { code, out } = await verify('--data', served);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'proven', counts: { entries: 1, anchored: 1, compared: 2 } });
    expect(code).toBe(0);
    serve.interrupt();
    await serve.exited;
  });
});

describe('verify --archive-only', () => {
  it('needs neither tables nor the data folder', async () => {
    const moved = join(folder, 'moved');
    cpSync(join(data, 'archive'), moved, { recursive: true });
    const { code, out } = await verify('--data', '/nonexistent', '--archive', moved, '--archive-only');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'proven', counts: { entries: 6, compared: 0 } });
  });

  it('finds what is wrong in it', async () => {
    const { code, out } = await verify('--data', tampered, '--archive-only');
    expect(code).toBe(3);
    expect(JSON.parse(out).faults).toMatchObject([{ kind: 'checkpoint-removed', endpointId: BETA }]);
  });
});

describe('verify --key', () => {
  it('takes the key as base64, as a verifier key and as the file of a PEM', async () => {
    const pem = join(data, 'archive/keys', readdirSync(join(data, 'archive/keys'))[0] ?? '');
    const verifierKey = formatVerifierKey({ name: `client-vpn-audit/${ALPHA}`, publicKey: key });
    for (const form of [base64(key), verifierKey, pem]) {
      const { code, out } = await verify('--data', data, '--key', form);
      expect({ form, code }).toEqual({ form, code: 0 });
      expect(JSON.parse(out)).toMatchObject({ keys: [base64(key)], keysPinned: true });
    }
  });

  it('refuses what another key has signed', async () => {
    const { code, out } = await verify('--data', data, '--key', base64(await STRANGER.publicKey()));
    expect(code).toBe(3);
    const { faults } = JSON.parse(out) as { faults: { kind: string }[] };
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['key-added', 'checkpoint-of-another-key']));
  });

  it('takes several: those that have signed one after the other', async () => {
    const { code } = await verify('--data', data, '--key', base64(await STRANGER.publicKey()), '--key', base64(key));
    expect(code).toBe(0);
  });

  it('says of what is no key what was expected', async () => {
    const rsa = join(folder, 'no-key.pem');
    writeFileSync(
      rsa,
      readFileSync(join(data, 'archive/keys', readdirSync(join(data, 'archive/keys'))[0] ?? '')).subarray(9),
    );
    for (const wrong of ['nonsense', `name+00000000+${base64(key)}`, rsa]) {
      const { code, err } = await verify('--data', data, '--key', wrong);
      expect({ wrong, code }).toEqual({ wrong, code: 2 });
      expect(err).toMatch(/--key .*expected a public key as base64 .*, a verifier key .*, or the file of a PEM\./);
    }
  });
});

describe('verify --since-checkpoint', () => {
  const keptFile = (name: string, ...texts: string[]) => {
    writeFileSync(join(folder, name), texts.join('\n'));
    return join(folder, name);
  };
  const note = (endpointId: string, size: number) =>
    readFileSync(join(data, 'archive', checkpointObject(endpointId, size)), 'utf8');

  it('says until when each log goes, in what an auditor keeps and names the next time', async () => {
    const { out } = await verify('--data', data, '--output', 'json');
    const { logs } = JSON.parse(out) as { logs: { endpointId: string; checkpoint: string; root: string }[] };
    expect(logs).toMatchObject(
      [ALPHA, BETA].map((endpointId) => ({ endpointId, size: 3, slot: SLOTS[2], signedSize: 3 })),
    );
    for (const { checkpoint, root } of logs) expect(checkpoint.split('\n')[2]).toBe(root);
    const kept = keptFile('kept.txt', ...logs.map(({ checkpoint }) => checkpoint));
    const next = await verify('--data', data, '--since-checkpoint', kept, '--output', 'json');
    expect(next.code).toBe(0);
    expect(JSON.parse(next.out).sinceCheckpoints).toMatchObject(
      logs.map(({ endpointId, root }) => ({ file: kept, endpointId, size: 3, root, contained: true })),
    );
    const shown = await verify('--data', data, '--since-checkpoint', kept, '--output', 'table');
    expect(shown.out).toContain(`${ALPHA} until ${SLOTS[2]}: 3 entries, root ${logs[0]?.root}`);
    expect(shown.out).toContain(`${BETA} goes on from the checkpoint of 3 entries that was kept (${kept})`);
    expect(shown.out).toMatch(/^ {2}all of them under the checkpoint of 3 entries of trail-/m);
    expect(JSON.parse(next.out).trails).toMatchObject([
      { signedSize: 3, logs: [ALPHA, BETA].map((endpointId) => ({ endpointId, size: 3 })) },
    ]);
    expect(shown.out).toMatch(/given that: AWS lists .*\n(?: {2}given that: .*\n)+PROVEN/);
  });

  it('says what the checkpoint over all logs does not cover yet', async () => {
    const left = join(folder, 'behind');
    cpSync(join(data, 'archive'), left, { recursive: true });
    const [name = ''] = readdirSync(join(left, 'checkpoints')).filter(isTrailName);
    for (const object of [checkpointObject(name, 3), manifestObject(name, 2)]) rmSync(join(left, object));
    const { code, out } = await verify('--archive', left, '--archive-only', '--output', 'table');
    expect(code).toBe(0);
    const beyond = `all but the newest 1 of ${ALPHA}, the newest 1 of ${BETA}`;
    expect(out).toContain(`  ${beyond} under the checkpoint of 2 entries of ${name}: kept elsewhere`);
  });

  it('finds an endpoint that is gone, and names the file that tells', async () => {
    const kept = [keptFile('alpha', note(ALPHA, 2)), keptFile('gone', note(BETA, 3))];
    const left = join(folder, 'left');
    cpSync(join(data, 'archive'), left, { recursive: true });
    for (const part of ['manifests', 'checkpoints', 'chunks'])
      rmSync(join(left, part, BETA), { recursive: true, force: true });
    const { code, out } = await verify('--archive', left, '--archive-only', '--since-checkpoint', ...kept);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      faults: [/The trail’s checkpoint names 3 entries/, new RegExp(kept[1] ?? '')].map((message) => ({
        kind: 'log-removed',
        endpointId: BETA,
        message: expect.stringMatching(message),
      })),
      sinceCheckpoints: [{ contained: true }, { contained: false }],
    });
  });

  it('takes the one over all logs also beside --endpoint, since it covers that one too', async () => {
    const [name = ''] = readdirSync(join(data, 'archive/checkpoints')).filter(isTrailName);
    const kept = keptFile('trail', note(name, 2));
    const { code, out } = await verify('--data', data, '--endpoint', ALPHA, '--since-checkpoint', kept);
    expect(code).toBe(0);
    expect(JSON.parse(out).sinceCheckpoints).toMatchObject([{ file: kept, size: 2, contained: true }]);
  });

  it('refuses what is no such file, beside an export, and of a log that --endpoint leaves out', async () => {
    const kept = keptFile('one', note(ALPHA, 2));
    for (const [words, message] of [
      [
        ['--since-checkpoint', join(folder, 'nothing')],
        /--since-checkpoint names \S+nothing, which cannot be read: ENOENT.*; expected signed checkpoints/,
      ],
      [['--since-checkpoint', keptFile('x', 'what is this')], /this is no signed note.*; expected signed checkpoints/],
      [['--since-checkpoint', kept, '--endpoint', BETA], /has a checkpoint of \S+; --endpoint leaves that out/],
      [
        ['x.csv', '--since-checkpoint', kept],
        /--since-checkpoint was given beside the export x\.csv; it is about a trail/,
      ],
    ] as const) {
      const { code, err } = await verify('--data', data, ...words);
      expect([words, code, err]).toEqual([words, 2, expect.stringMatching(message)]);
    }
  });
});

describe('verify refuses', () => {
  it.each([
    ['--since soon', 2, /--since/],
    ['--since 2026-11-21 --until 2026-11-20', 2, /--since \S+ \(\S+\) is later than --until \S+ \(\S+\); expected/],
    ['--endpoint x', 2, /--endpoint/],
    ['--output csv', 2, /--output was given 'csv'; expected table or json/],
    ['--archive ftp://x', 2, /expected a folder, or a bucket like s3:\/\/my-archive/],
    ['--endpoint cvpn-endpoint-0ddddddddddddddd0', 1, /There is no log of cvpn-endpoint-0ddddddddddddddd0 in /],
    ['--archive /nonexistent --archive-only', 1, /There is no log in \/nonexistent: nothing was recorded yet, or/],
  ])('%s', async (words, expected, message) => {
    const { code, err } = await verify('--data', data, ...words.split(' '));
    expect(err).toMatch(message);
    expect(code).toBe(expected);
  });

  it('a folder without a trail, and says how to name one', async () => {
    const { code, err } = await verify('--data', join(folder, 'none'));
    expect(err).toMatch(
      /There is no trail in \S+none\. Name its folder with --data DIR, a deployed one with --stack NAME/,
    );
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });
});
