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
    expect(fold(unsaid)).toMatchObject({ establishedAt: FIRST.s, establishedAtIsFirstSight: true });
    expect(fold(unsaid, unsaid)).toMatchObject({ establishedAt: FIRST.s, establishedAtIsFirstSight: true });
    const told = fold(unsaid, alice);
    expect(told).toMatchObject({ establishedAt: '2026-11-20T07:55:00Z', firstSeenAt: FIRST.s, firstSlot: FIRST.slot });
    expect(told).not.toHaveProperty('establishedAtIsFirstSight');
  });
});

describe('a terminated connection', () => {
  const ended: ReadRow = { ...alice, status: 'terminated', endedAt: '2026-11-20T07:59:00Z' };

  it('counts every contradiction, also past a row that agrees', () => {
    expect(fold(ended, alice, alice)).toMatchObject({ contradictions: 2, lastEntry: 2, status: 'terminated' });
    expect(fold(ended, alice, ended)).toMatchObject({ contradictions: 1, endedAt: ended.endedAt });
  });

  it('was established by its end at the latest, where AWS says only that: it had ended before anybody saw it', () => {
    const { establishedAt: _, ...unsaid } = ended;
    expect(fold(unsaid, unsaid)).toMatchObject({
      establishedAt: ended.endedAt,
      establishedAtIsFirstSight: true,
      endedAt: ended.endedAt,
      firstSeenAt: FIRST.s,
    });
    expect(fold({ ...unsaid, endedAt: NEXT.f })).toMatchObject({ establishedAt: FIRST.s });
  });

  it('without a time ended after it was established where nobody has seen it alive', () => {
    const told = fold({ ...alice, status: 'terminated' }, { ...alice, status: 'terminated', username: 'bob' });
    expect(told.end).toEqual({ kind: 'inferred', between: ['2026-11-20T07:55:00Z', NEXT.f] });
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
