import { describe, expect, it } from 'vitest';
import type { Connection } from '../../lambda/trail/connection.ts';
import { foldInferredEnd, foldSighting, foldUnlisted, type Sighting } from '../../lambda/trail/fold.ts';
import { latestEnd } from '../../lambda/trail/misdated.ts';
import type { ReadRow } from '../../lambda/trail/row.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';

const ID = 'cvpn-connection-0a';

/** A snapshot that took half a minute, as far as a fold reads it. */
const entry = (number: number, minute: string) => {
  const [s, f] = [`2026-11-20T08:${minute}:00Z`, `2026-11-20T08:${minute}:30Z`];
  const of = { accountId: '123456789012', region: 'eu-central-1', endpointId: 'cvpn-endpoint-0a' };
  return { ...of, kind: 'snapshot', entry: number, slot: s, s, f, epsilonSeconds: 120 } as Manifest;
};

const FIRST = entry(0, '00');
const NEXT = entry(1, '05');
const alice: ReadRow = {
  connectionId: ID,
  status: 'active',
  establishedAt: '2026-11-20T07:55:00Z',
  username: 'alice',
  commonName: 'alice.example.com',
  clientIp: '172.31.0.2',
  clientIpv6: '2001:db8::2',
  postureComplianceStatuses: ['compliant'],
  problems: [],
};

/** The fold of rows, one entry each. */
function fold(...rows: ReadRow[]): Connection {
  const sightings = rows.map(
    (row, index): Sighting => ({ row, manifest: index === 0 ? FIRST : { ...NEXT, entry: index } }),
  );
  const folded = sightings.reduce<Connection | undefined>(
    (connection, sighting, index) => foldSighting(connection, ID, sighting, sightings[index - 1]),
    undefined,
  );
  if (!folded) throw new Error('no rows');
  return folded;
}

describe('a newer row', () => {
  it('leaves what it does not say as an older one said it', () => {
    expect(fold(alice, { status: 'active', problems: [] })).toEqual({ ...fold(alice), lastEntry: 1 });
    expect(fold(alice, { problems: [] }).status).toBe('active');
  });

  it('wins with what it says', () => {
    const said = {
      establishedAt: '2026-11-20T07:54:00Z',
      username: 'bob',
      commonName: 'bob.example.com',
      clientIp: '172.31.0.3',
      clientIpv6: '2001:db8::3',
      postureComplianceStatuses: ['quarantined'],
    };
    expect(fold(alice, { ...alice, ...said })).toMatchObject(said);
  });

  it('without a status message takes the older one away: it spoke of the older status', () => {
    expect(fold({ ...alice, statusMessage: 'Going.' }, alice)).not.toHaveProperty('statusMessage');
  });

  it('that says when the connection was established takes the place of the first sight', () => {
    const { establishedAt: _, ...unsaid } = alice;
    expect(fold(unsaid)).toMatchObject({ establishedAt: FIRST.f, establishedAtIsFirstSight: true });
    expect(fold(unsaid, unsaid)).toMatchObject({ establishedAt: FIRST.f, establishedAtIsFirstSight: true });
    const told = fold(unsaid, alice);
    expect(told).toMatchObject({ establishedAt: '2026-11-20T07:55:00Z', firstSeenAt: FIRST.s, firstSlot: FIRST.slot });
    expect(told).not.toHaveProperty('establishedAtIsFirstSight');
    expect(told).not.toHaveProperty('establishedAfter');
  });
});

describe('a start in the future', () => {
  const ahead: ReadRow = { ...alice, establishedAt: '2026-11-23T08:00:00Z' };

  it('says nothing of when it began; corrected, it is what AWS says', () => {
    expect(fold(ahead)).toMatchObject({ establishedAt: ahead.establishedAt, establishedAfter: '2026-11-20T06:58:00Z' });
    expect(fold(ahead, alice)).not.toHaveProperty('establishedAfter');
  });
});

describe('a terminated connection', () => {
  const ended: ReadRow = { ...alice, status: 'terminated', endedAt: '2026-11-20T07:59:00Z' };

  const again = { contradictions: 1, firstEndedAt: ended.endedAt, connectedAgainAt: NEXT.f };

  it('that is listed as active again is open, and keeps the end that AWS contradicted', () => {
    const open = fold(ended, alice, alice);
    expect(open).toMatchObject({ status: 'active', ...again });
    expect(open).not.toHaveProperty('end');
    expect(open).not.toHaveProperty('endedAt');
  });

  it('has the end that AWS gives at last, beside the first one', () => {
    const later = '2026-11-20T08:04:00Z';
    const twice = fold(ended, alice, { ...ended, endedAt: later });
    expect(twice).toMatchObject({ endedAt: later, end: { kind: 'reported' }, ...again });
    const sooner = fold(ended, alice, { ...ended, endedAt: '2026-11-20T07:57:00Z' });
    expect(sooner).toMatchObject({ endedAt: '2026-11-20T07:57:00Z', ...again });
    expect(latestEnd(sooner)).toBe(ended.endedAt);
  });

  it('ended when AWS says so twice, although it was listed as active in between', () => {
    const agreed = fold(ended, alice, ended);
    expect(agreed).toMatchObject({ contradictions: 1, endedAt: ended.endedAt });
    expect(agreed).not.toHaveProperty('firstEndedAt');
    expect(agreed).not.toHaveProperty('connectedAgainAt');
  });

  it('counts every contradiction, and keeps the first end', () => {
    const flickering = fold(ended, alice, { ...ended, endedAt: '2026-11-20T08:01:00Z' }, alice);
    expect(flickering).toMatchObject({ ...again, contradictions: 2, status: 'active', lastEntry: 3 });
  });

  it('and vanishes after one row that says it is active, may have ended when AWS first said', () => {
    const sighting = { row: alice, manifest: NEXT };
    const unlisted = foldUnlisted(fold(ended, alice), sighting, entry(2, '10'));
    expect(unlisted.surelyUntil).toBe(ended.endedAt);
    const gone = foldInferredEnd(unlisted, sighting, entry(2, '10').f, entry(9, '40'));
    expect(gone.end).toEqual({ kind: 'inferred', between: [ended.endedAt, entry(2, '10').f] });
    expect(gone).not.toHaveProperty('surelyUntil');
  });

  it('was established by its end at the latest, where AWS says only that: it had ended before anybody saw it', () => {
    const { establishedAt: _, ...unsaid } = ended;
    expect(fold(unsaid, unsaid)).toMatchObject({
      establishedAt: ended.endedAt,
      establishedAtIsFirstSight: true,
      endedAt: ended.endedAt,
      firstSeenAt: FIRST.s,
    });
    expect(fold({ ...unsaid, endedAt: NEXT.f })).toMatchObject({ establishedAt: FIRST.f });
  });

  it('and is active again, was established by then at the latest: the end that bounded its start was none', () => {
    const unsaid = (row: ReadRow): ReadRow => {
      const { establishedAt: _, ...rest } = row;
      return rest;
    };
    const open = fold(unsaid(ended), unsaid(alice), unsaid(alice));
    expect(open).toMatchObject({ establishedAt: NEXT.f, establishedAtIsFirstSight: true, ...again });
    expect(fold(unsaid(ended), unsaid(alice), unsaid(ended))).toMatchObject({ establishedAt: ended.endedAt });
    const later = { ...ended, endedAt: '2026-11-20T08:04:00Z' };
    expect(fold(unsaid(alice), unsaid(later), unsaid(alice))).toMatchObject({ establishedAt: FIRST.f });
  });

  const untold: ReadRow = { ...alice, status: 'terminated' };

  it('without a time ended between its start, or 60 minutes and epsilon before the answer, and the answer that told', () => {
    expect(fold(untold).end).toEqual({ kind: 'inferred', between: ['2026-11-20T07:55:00Z', FIRST.f] });
    const old = { ...untold, establishedAt: '2026-11-19T08:00:00Z' };
    expect(fold(old).end).toEqual({ kind: 'inferred', between: ['2026-11-20T06:58:00Z', FIRST.f] });
  });

  it('without a time never has wider bounds than were known', () => {
    const told = fold(alice, untold, { ...untold, egressBytes: 9n });
    expect(told).toMatchObject({
      end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', NEXT.f] },
      egressBytes: 9n,
    });
    const later = foldSighting(
      told,
      ID,
      { row: untold, manifest: { ...entry(3, '59'), f: '2026-11-20T12:00:00Z' } },
      undefined,
    );
    expect(later.end).toEqual(told.end);
  });

  it('without a time, after it vanished, ended at any time until the answer that told', () => {
    const unlisted = foldUnlisted(fold(alice), { row: alice, manifest: FIRST }, NEXT);
    const told = { row: untold, manifest: entry(2, '10') };
    const between = ['2026-11-20T07:58:00Z', entry(2, '10').f];
    expect(foldSighting(unlisted, ID, told, undefined).end).toEqual({ kind: 'inferred', between });
    const inferred = foldInferredEnd(unlisted, { row: alice, manifest: FIRST }, NEXT.f, NEXT);
    expect(foldSighting(inferred, ID, told, undefined).end).toEqual({ kind: 'inferred', between });
  });

  it.each([
    ['60 minutes before the log’s first answer', undefined, '2026-11-20T06:58:00Z'],
    ['the snapshot before', '2026-11-20T07:55:00Z', '2026-11-20T07:53:00Z'],
  ])('of which AWS says neither beginning nor end, had both since %s', (_, previousS, since) => {
    const manifest = { ...FIRST, ...(previousS ? { previousS } : {}) };
    const row: ReadRow = { connectionId: ID, status: 'terminated', problems: [] };
    expect(foldSighting(undefined, ID, { row, manifest }, undefined)).toMatchObject({
      establishedAt: FIRST.f,
      establishedAfter: since,
      end: { kind: 'inferred', between: [since, FIRST.f] },
    });
  });

  it('keeps AWS’s Timestamp only where that is not the end', () => {
    expect(fold({ ...ended, timestamp: '2026-11-20T07:59:00Z' })).not.toHaveProperty('timestamp');
    expect(fold({ ...ended, timestamp: '2026-11-20T07:58:00Z' })).toHaveProperty('timestamp', '2026-11-20T07:58:00Z');
  });
});

describe('a connection that is long', () => {
  const ended = { status: 'terminated', establishedAt: '2026-11-18T08:00:00Z' };
  it.each<[what: string, more: object, long: true | undefined]>([
    ['lasted 24 hours at the end of the snapshot', { establishedAt: '2026-11-19T08:00:30Z' }, true],
    ['lasted a second less', { establishedAt: '2026-11-19T08:00:31Z' }, undefined],
    ['ended that late', { ...ended, endedAt: '2026-11-19T08:00:00Z' }, true],
    ['ended a second earlier', { ...ended, endedAt: '2026-11-19T07:59:59Z' }, undefined],
    ['is open and of unknown age', { establishedAt: undefined }, true],
  ])('is one that %s: %j, %s', (_, more, long) => {
    expect(fold({ ...alice, ...more }).long).toBe(long);
  });
});

describe('a connection that AWS no longer lists', () => {
  const last: Sighting = { row: { ...alice, ingressBytes: 7n }, manifest: FIRST };
  const unlisted = foldUnlisted(fold(alice), last, NEXT);

  it('is unlisted since the end of the answer without it, holds its last row’s counters, and may grow long unseen', () => {
    expect(unlisted).toMatchObject({ unlistedSince: NEXT.f, ingressBytes: 7n, lastSeenAt: FIRST.f, long: true });
    expect(unlisted).not.toHaveProperty('end');
  });

  it('has an end between the start of its last snapshot, less epsilon, and the latest moment; short if that is', () => {
    const ended = foldInferredEnd(unlisted, last, NEXT.f, { ...NEXT, entry: 9 });
    expect(ended).toMatchObject({ end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', NEXT.f] }, lastEntry: 9 });
    expect(ended).not.toHaveProperty('long');
    expect(latestEnd(ended)).toBe(NEXT.f);
  });

  it('did not end before it was established, nor is the latest moment before the earliest', () => {
    const young = fold({ ...alice, establishedAt: '2026-11-20T07:59:30Z' });
    expect(foldInferredEnd(young, last, '2026-11-20T07:59:00Z', NEXT).end).toEqual({
      kind: 'inferred',
      between: ['2026-11-20T07:59:30Z', '2026-11-20T07:59:30Z'],
    });
  });

  it('is long after an end that may have come 24 hours after it was established', () => {
    const old = fold({ ...alice, establishedAt: '2026-11-19T08:05:00Z' });
    expect(foldInferredEnd(old, last, NEXT.f, NEXT)).toHaveProperty('long', true);
  });
});
