import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../lambda/query/routes/all.ts';
import { ANSWERS } from '../../lambda/query/schemas/answers.ts';
import { AskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, BETA, endedRow, type RecordedTrail } from '../support/recording/recorded-trail.ts';

let trail: RecordedTrail;
let asked: AskedTrail;

const full = activeRow('cvpn-connection-0a', '2026-11-20 07:58:34', {
  username: 'alice',
  clientIpv6Address: 'fd00::1',
  postureComplianceStatusSet: ['compliant'],
  authorizationPolicyLastEvaluatedTime: '2026-11-20 08:00:00',
  deviceColour: { of: ['green'] },
  status: { code: 'active', message: 'since today' },
});
const ended = endedRow(activeRow('cvpn-connection-0b', '2026-11-20 07:50:00'), '2026-11-20 07:55:00');
const vanishing = activeRow('cvpn-connection-0c', '2026-11-20 07:51:00', { clientIp: '172.31.0.7' });
const { connectionEstablishedTime: _, ...unknownStart } = activeRow('cvpn-connection-0d', '', {
  clientIp: '172.31.0.8',
});

/** A trail with something of everything: an open, an ended, a vanished and a late connection, a gap, a closed endpoint. */
beforeAll(async () => {
  ({ trail, asked } = await AskedTrail.start());
  trail.rows = { [ALPHA]: [full, ended, vanishing, unknownStart], [BETA]: [] };
  await trail.recordTimes(1);
  trail.rows = { [ALPHA]: [full, unknownStart] };
  await trail.recordTimes(1);
  await trail.recordAfter(120);
  await trail.recordTimes(1);
});
afterAll(() => trail.close());

const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  '/connections': ['', '?limit=1', '?at=now', '?at=2026-11-20T08:08:00Z&ip=172.31.0.7', '?match=ended'],
  '/accesses': ['', '?limit=1'],
  '/coverage': ['', `?endpoint=${BETA}`, '?since=2026-11-20T07:00:00Z&until=2026-11-20T12:00:00Z'],
  '/endpoints': [''],
  '/snapshots': [`?endpoint=${ALPHA}`, `?endpoint=${ALPHA}&manifests=true`, `?endpoint=${BETA}&limit=1`],
  '/connections/{connectionId}': [''],
  '/connections/{connectionId}/usage': ['', '?limit=1'],
  '/connections/{connectionId}/history': ['', '?limit=1'],
  '/snapshots/{endpointId}/{slot}': [''],
  '/snapshots/{endpointId}/{slot}/proof': [''],
  '/checkpoints/trail': [''],
  '/checkpoints/{endpointId}': ['', '?from=1', '?range=1', '?from=2&range=3'],
  '/keys': [''],
};
const IDS = ['cvpn-connection-0a', 'cvpn-connection-0b', 'cvpn-connection-0c', 'cvpn-connection-0d'];

function questionsOf(path: string): string[] {
  const ids = path.includes('{connectionId}') ? IDS : [''];
  return ids.flatMap((id) =>
    (PARAMETERS[path] ?? []).map(
      (parameters) =>
        path.replace('{connectionId}', id).replace('{endpointId}', ALPHA).replace('{slot}', '2026-11-20T08:05:00Z') +
        parameters,
    ),
  );
}

describe('every answer is what the OpenAPI document says: no member is wrong, and none is left unsaid', () => {
  it('has a schema for every address but that of the chunks, which are bytes', () => {
    const paths = ROUTES.map(({ path }) => path).filter((path) => !path.endsWith('/chunks/{n}'));
    expect(Object.keys(ANSWERS).sort()).toEqual(paths.sort());
  });

  it.each(Object.entries(ANSWERS))('of %s', async (path, answer) => {
    const questions = questionsOf(path);
    expect(questions.length).toBeGreaterThan(0);
    for (const question of questions) {
      const { status, body } = await asked.ask(question);
      expect(status, `status of ${question}`).toBe(200);
      // What the schema does not know, parsing leaves out.
      expect(answer.parse(body), `answer of ${question}`).toEqual(body);
    }
    expect(asked.errors).toEqual([]);
  });
});
