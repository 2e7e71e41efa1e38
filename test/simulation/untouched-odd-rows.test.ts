import { expect, it } from 'vitest';
import { ALPHA, activeRow, BETA, endedRow } from '../support/recording/recorded-trail.ts';
import { lists, useTrail } from '../support/recording/use-trail.ts';
import { accusations } from '../support/tampering/tampered-nothing.ts';
import { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const ID = 'cvpn-connection-0a';
const anna = activeRow(ID, '2026-11-20 07:55:00', { commonName: 'anna' });
const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:56:00', { commonName: 'bob' });

const trail = useTrail();

/** Verifies it as a whole, and in all windows. */
async function expectNotAccused(): Promise<void> {
  expect(await accusations(trail)).toEqual([]);
  const copy = await TamperedTrail.of(trail);
  const slots = (await trail.manifests()).map(({ slot }) => slot);
  for (const [index, since] of slots.entries()) {
    for (const until of [undefined, ...slots.slice(index)]) {
      const { faults } = await copy.faults({ since, until });
      expect(faults, `since ${since} until ${until}`).toEqual([]);
    }
    expect((await copy.faults({ until: since })).faults, `until ${since}`).toEqual([]);
  }
}

/** Records what AWS lists of {@link ALPHA}, one slot after the other. */
async function listOneAfterTheOther(...all: (typeof anna)[][]): Promise<void> {
  for (const rows of all) await lists(trail, { [ALPHA]: rows }).recordAfter(5);
}

it('a trail is not accused where a name and an address came later, or were changed', async () => {
  const { commonName: _, clientIp: __, ...nameless } = anna;
  const renamed = { ...anna, commonName: 'anna.b', clientIp: '172.31.0.77', username: 'CORP\\anna' };
  await listOneAfterTheOther(
    [nameless],
    [anna],
    [anna, bob],
    [renamed, bob],
    [renamed],
    [endedRow(renamed, '2026-11-20 08:27:00')],
  );
  await expectNotAccused();
});

it('a trail is not accused where AWS listed a connection again that was not listed, or had ended', async () => {
  const over = endedRow(bob, '2026-11-20 08:08:00');
  await listOneAfterTheOther([anna, bob], [bob], [anna, over], [bob], [], [anna, bob], [anna, over]);
  await trail.recordAfter(70);
  await trail.recordAfter(5);
  await expectNotAccused();
});

it('a trail is not accused where AWS listed an ended connection as open, under another name', async () => {
  const renamed = { ...bob, commonName: 'bob.b' };
  await listOneAfterTheOther([bob], [endedRow(bob, '2026-11-20 08:08:00')], [renamed], [renamed], [renamed], []);
  await expectNotAccused();
});

it('a trail is not accused where AWS does not say when a connection was established, or when it ended', async () => {
  const { connectionEstablishedTime: _, ...undated } = anna;
  const { connectionEndTime: __, ...unended } = endedRow(bob, '2026-11-20 08:08:00');
  await listOneAfterTheOther(
    [undated, bob],
    [undated, unended],
    [anna, bob],
    [endedRow(undated, '-'), unended],
    [anna],
  );
  await expectNotAccused();
});

it('a trail is not accused where two endpoints list the same connection id', async () => {
  const ofBeta = { ...anna, clientVpnEndpointId: BETA };
  await lists(trail, { [ALPHA]: [bob], [BETA]: [ofBeta] }).recordAfter(5);
  await lists(trail, { [ALPHA]: [bob, anna], [BETA]: [ofBeta] }).recordAfter(5);
  await lists(trail, { [ALPHA]: [bob], [BETA]: [endedRow(ofBeta, '2026-11-20 08:12:00')] }).recordAfter(5);
  expect(await accusations(trail)).toEqual([]);
});

it('a trail is not accused where an endpoint was deleted and its id came again', async () => {
  await listOneAfterTheOther([anna, bob], [anna]);
  await lists(trail, {}).recordAfter(5);
  await listOneAfterTheOther([anna], [endedRow(anna, '2026-11-20 08:22:00')], []);
  await expectNotAccused();
});

it('a trail is not accused where AWS’s times contradict each other', async () => {
  const established = (time: string) => ({ ...anna, connectionEstablishedTime: time });
  const ahead = { ...bob, connectionEstablishedTime: '2027-01-01 00:00:00' };
  const twice = {
    ...bob,
    connectionId: 'cvpn-connection-0c',
    clientIp: '10.0.0.1',
    clientIpv6Address: '::ffff:10.0.0.2',
  };
  await listOneAfterTheOther(
    [anna, ahead],
    [anna, ahead, twice],
    [endedRow(anna, '2026-11-20 06:00:00'), ahead, twice],
    [endedRow(anna, '2027-06-01 00:00:00'), twice],
    [endedRow(established('2026-11-20 07:59:00'), '2026-11-20 08:12:00'), ahead],
    [endedRow(ahead, '2026-11-20 08:30:00')],
  );
  await trail.recordAfter(70);
  await expectNotAccused();
});
