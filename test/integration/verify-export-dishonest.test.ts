import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { fromJson } from '../../lambda/query/json.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { ProvenExport } from '../support/exports/exported-proof.ts';
import { ExportedTrail } from '../support/exports/exported-trail.ts';
import { ALPHA, activeRow, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';

const idOf = (name: string) => `cvpn-connection-0${name}`;
const rowOf = (name: string, established: string, address: number) =>
  activeRow(idOf(name), `2026-11-20 ${established}:00`, { commonName: name, clientIp: `172.31.0.${address}` });

const left = rowOf('left', '07:30', 1);
const open = rowOf('open', '07:40', 2);
/** AWS says twenty minutes late that it has ended. */
const late = rowOf('late', '07:45', 3);
/** AWS says its username once. */
const named = rowOf('named', '07:50', 4);
const gone = rowOf('gone', '07:55', 5);
/** AWS gives it another name. */
const renamed = rowOf('renamed', '07:40', 6);
const other = { ...renamed, commonName: 'other' };
/** AWS says without a time that it has ended. */
const untimed = rowOf('untimed', '07:41', 7);
const { connectionEndTime: _, ...untimedEnd } = endedRow(untimed, '2026-11-20 08:12:00');

const WINDOW = '--since 2026-11-20T08:35:00Z --until 2026-11-20T08:38:00Z';
/** The exports of one who is honest, and how many rows each has. */
const HONEST: Readonly<Record<string, readonly [words: string, ids: readonly string[]]>> = {
  all: [WINDOW, ['gone', 'named', 'open']],
  earlier: ['--since 2026-11-20T08:16:00Z --until 2026-11-20T08:38:00Z', ['gone', 'late', 'left', 'named', 'open']],
  active: [`${WINDOW} --status active`, ['named', 'open']],
  terminated: [`${WINDOW} --status terminated`, ['gone']],
  ended: ['--since 2026-11-20T08:20:00Z --until 2026-11-20T08:40:00Z --match ended', ['late', 'left']],
  untimed: ['--since 2026-11-20T08:12:00Z --until 2026-11-20T08:14:00Z --match ended', ['untimed']],
  address: [`${WINDOW} --ip 172.31.0.2`, ['open']],
  future: ['--since 2026-12-10 --until 2026-12-11', ['named', 'open']],
};

let exported: ExportedTrail;
beforeAll(async () => {
  const trail = await RecordedTrail.start();
  const list = (...rows: (typeof left)[]) => Object.assign(trail, { rows: { [ALPHA]: rows } });
  list(left, open, late, named, gone, renamed, untimed);
  await trail.recordTimes(1);
  list(left, open, late, { ...named, username: 'CORP\\Named' }, gone, other, untimed);
  await trail.recordTimes(1);
  list(left, open, late, named, gone, endedRow(other, '2026-11-20 08:11:00'), untimedEnd);
  await trail.recordTimes(2);
  list(endedRow(left, '2026-11-20 08:22:00'), open, late, named, gone);
  await trail.recordTimes(5);
  list(endedRow(left, '2026-11-20 08:22:00'), open, endedRow(late, '2026-11-20 08:31:00'), named, gone);
  await trail.recordTimes(3);
  list(open, named, endedRow(gone, '2026-11-20 08:58:00'));
  await trail.recordTimes(2);
  // As the administrator of the tables may, without a key: nobody signs what AWS says of an endpoint.
  await trail.log.putDescription(ALPHA, { clientVpnEndpointId: ALPHA, creationTime: '2026-11-20T07:20:00' });
  exported = await ExportedTrail.over(trail, { isStill: true });
  for (const [name, [words]] of Object.entries(HONEST)) {
    await exported.export(name, `${words} --format ndjson --evidence`);
  }
});
afterAll(() => exported.close());

const copy = (name: string) => ProvenExport.copy(exported, name);
const rowsOf = ({ file }: ProvenExport) =>
  readFileSync(file, 'utf8').trimEnd().split('\n').map(fromJson) as ConnectionAnswer[];

describe('one who is honest is not accused', () => {
  it.each(Object.entries(HONEST))('of %s', async (name, [, ids]) => {
    const made = copy(name);
    expect(
      rowsOf(made)
        .map(({ connectionId }) => connectionId.slice(17))
        .sort(),
    ).toEqual(ids);
    const { verdict, allThatMatch, faults, notes, counts } = await made.verdict();
    expect({ verdict, allThatMatch, faults, notes, counts }).toMatchObject({
      verdict: 'proven',
      allThatMatch: true,
      faults: [],
      notes: [],
      counts: { recomputed: ids.length, undecided: 0, untold: 0 },
    });
  });
});

describe('one who is honest is not accused of a name that changed,', () => {
  it.each(EXPORT_FORMATS)('in %s', async (format) => {
    const words = `--since 2026-11-20T08:06:00Z --until 2026-11-20T08:12:00Z --format ${format} --evidence`;
    const { said } = await exported.export(format, words);
    expect(said).toContain('that prove it.');
    const { faults, counts } = await copy(format).verdict();
    expect([faults, counts]).toMatchObject([[], { rows: 7, recomputed: 7 }]);
  });
});

it('that nothing is missing from before the first snapshot is said to rest on what no log has', async () => {
  await exported.export('begun', '--since 2026-11-01 --until 2026-11-20T08:38:00Z --format ndjson --evidence');
  const made = copy('begun');
  expect(made.signed.manifest.coverage).toMatchObject({ complete: true, gaps: [] });
  const { faults, notes } = await made.verdict();
  expect([faults, notes]).toEqual([
    [],
    [
      expect.stringMatching(
        /its log proves nothing before 2026-11-20T07:07:00Z\. .* rests on when AWS said .* created/,
      ),
    ],
  ]);
});

describe('one who has something else signed', () => {
  const changed = async (made: ProvenExport, name: string, members: Partial<ConnectionAnswer>) =>
    made.replaceRows(rowsOf(made).map((row) => (row.connectionId === idOf(name) ? { ...row, ...members } : row)));
  const coverage = (made: ProvenExport, more: Partial<ExportManifest['coverage']>) => ({
    coverage: { ...made.signed.manifest.coverage, ...more },
  });
  const LONG_AGO = { projectedThrough: '2000-01-01T00:00:00Z' };

  it.each(['all', 'active', 'terminated', 'ended', 'address', 'future'])('lacks a row of %s', async (name) => {
    const made = copy(name);
    const rows = rowsOf(made);
    await made.replaceRows(rows.slice(0, -1));
    const fault = `row-removed alpha ${rows.at(-1)?.connectionId}`;
    expect(await made.faults()).toEqual([fault]);
    await made.sign(coverage(made, { projectedThrough: undefined, pendingSince: undefined }));
    expect(await made.faults()).toContain(fault);
    await made.sign(coverage(made, LONG_AGO));
    expect(await made.faults()).toContain(name === 'terminated' ? 'export-changed coverage.complete' : fault);
  });

  it('is not complete beyond what is projected, or known', async () => {
    for (const known of [LONG_AGO, { pendingSince: '2026-11-20T08:37:59Z' }]) {
      const made = copy('all');
      await made.sign(coverage(made, known));
      expect(await made.faults()).toContain('export-changed coverage.complete');
    }
  });

  it('places nobody who has left in a later window', async () => {
    const made = copy('earlier');
    const {
      contradictions: _,
      endedAt: __,
      end: ___,
      ...row
    } = rowsOf(made).find(({ connectionId }) => connectionId === idOf('left')) as ConnectionAnswer;
    const slot = '2026-11-20T08:20:00Z';
    const active = { ...row, status: 'active', durationSeconds: 3000, lastSeenAt: slot, lastSlot: slot };
    await made.replaceRows([...rowsOf(copy('all')), active]);
    const { window, question } = made.signed.manifest;
    const since = '2026-11-20T08:35:00Z';
    await made.sign({
      ...coverage(made, LONG_AGO),
      window: { ...window, since },
      question: { ...question, since: [since] },
    });
    const { faults } = await made.verdict();
    expect(faults).toContainEqual(expect.objectContaining({ kind: 'row-changed', connectionId: idOf('left') }));
  });

  const eve = { commonName: 'eve', between: ['2026-11-20T07:59:00Z', '2026-11-20T08:05:00Z'] };
  it.each<[string, Partial<ConnectionAnswer>, string]>([
    ['a username', { username: 'CORP\\Eve', identity: 'CORP\\Eve' }, 'username'],
    ['an address', { clientIpv6: 'fd00::7' }, 'clientIpv6'],
    ['a former name', { former: [eve] } as Partial<ConnectionAnswer>, 'former'],
    ['a contradiction', { contradictions: 1, firstEndedAt: '2026-11-20T08:00:00Z' }, 'contradictions'],
    ['that it is possible', { possible: true }, 'possible'],
  ])('invents no %s of a connection that began before the window', async (_, members, field) => {
    const made = copy('all');
    await changed(made, 'open', members);
    expect(await made.faults()).toContain(`row-changed alpha ${idOf('open')} ${field}`);
  });

  it.each<[string, Partial<ConnectionAnswer>, string]>([
    ['vanished before it was last listed', { unlistedSince: '2026-11-20T08:35:00Z' }, 'unlistedSince'],
    ['vanished at no time', { unlistedSince: 'x' }, 'unlistedSince'],
    ['ended as AWS said, who gave no time', { end: { kind: 'reported' } }, 'end'],
    [
      'ended before it was last listed',
      { end: { kind: 'inferred', between: ['2026-11-20T08:05:00Z', '2026-11-20T08:06:00Z'] } },
      'end',
    ],
  ])('does not say that one that is connected %s', async (_, members, field) => {
    const made = copy('all');
    // As long as an inferred end makes it: until then it was surely connected.
    const lasted = members.end ? { durationSeconds: 3480 } : {};
    await changed(made, 'open', { ...members, ...lasted });
    expect(await made.faults()).toContain(`row-changed alpha ${idOf('open')} ${field}`);
  });

  it.each<[string, Partial<ConnectionAnswer>, string]>([
    ['with a time', { endedAt: '2026-11-20T08:01:00Z', end: { kind: 'reported' } }, 'endedAt'],
    ['earlier', { end: { kind: 'inferred', between: ['2026-11-20T08:01:00Z', '2026-11-20T08:02:00Z'] } }, 'end'],
  ])('lets none end %s whose end AWS told without one', async (_, members, field) => {
    const made = copy('untimed');
    await changed(made, 'untimed', members);
    expect(await made.faults()).toContain(`row-changed alpha ${idOf('untimed')} ${field}`);
  });

  it('makes nothing certain that is only possible', async () => {
    const made = copy('future');
    expect(rowsOf(made)).toMatchObject([{ possible: true }, { possible: true }]);
    await changed(made, 'open', { possible: undefined });
    expect(await made.faults()).toEqual([`row-changed alpha ${idOf('open')} possible`]);
  });

  it('names the file that is verified', async () => {
    const made = copy('all');
    const files = ['one', 'other'].map((name) => {
      const bytes = readFileSync(made.file);
      writeFileSync(join(dirname(made.file), name), bytes);
      return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    });
    await made.sign({ files: files.slice(0, 1) });
    expect(await made.faults()).toEqual([]);
    await made.sign({ files });
    expect(await made.faults()).toContain('export-changed files');
  });

  it('says which connections later snapshots decide, where they did not come along', async () => {
    const made = copy('terminated');
    const { evidence, checkpoints } = copy('address').signed.manifest;
    await made.sign({ evidence, checkpoints });
    const { counts, notes } = await made.verdict();
    expect([counts.undecided, notes]).toEqual([
      3,
      expect.arrayContaining([expect.stringContaining('depends on later snapshots, which are not included')]),
    ]);
  });
});
