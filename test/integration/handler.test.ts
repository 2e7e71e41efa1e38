import { describe, expect, it } from 'vitest';
import { createHandler } from '../../lambda/recorder/handler.ts';
import { ALPHA, activeRow, BETA } from '../support/recording/recorded-trail.ts';
import { environmentOf } from '../support/recording/recorder-options.ts';
import { useTrail } from '../support/recording/use-trail.ts';

const trail = useTrail({ [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:55:00')], [BETA]: [] });
const context = { getRemainingTimeInMillis: () => 280_000, awsRequestId: '1' };
const handler = () => createHandler(environmentOf(trail.options), trail.ports());

describe('the function', () => {
  it('answers what became of each endpoint', async () => {
    const summary = await handler()({ slot: '2026-11-20T08:00:00Z' }, context);
    expect(summary).toMatchObject({
      slot: '2026-11-20T08:00:00Z',
      connections: 1,
      opened: 1,
      endpoints: [
        { endpointId: ALPHA, outcome: 'committed' },
        { endpointId: BETA, outcome: 'committed' },
      ],
      oldestSnapshotAgeSeconds: 0,
    });
  });

  it('throws when one endpoint failed, and its retry asks only for what is missing', async () => {
    trail.ec2.fault = ({ parameters, refuse }) =>
      parameters.get('ClientVpnEndpointId') === BETA && refuse('UnauthorizedOperation');
    await expect(handler()({ slot: '2026-11-20T08:00:00Z' }, context)).rejects.toThrow(
      `the recording of 2026-11-20T08:00:00Z is incomplete: ${BETA}: access-denied`,
    );
    trail.ec2.fault = () => false;
    const before = trail.ec2.requests.length;
    const { endpoints } = await handler()({ slot: '2026-11-20T08:00:00Z' }, context);
    expect(endpoints.map(({ outcome }) => outcome)).toEqual(['already-committed', 'committed']);
    const asked = trail.ec2.requests.slice(before).map((request) => request.get('ClientVpnEndpointId'));
    expect(asked).toEqual([null, BETA]);
  });

  it.each([{}, { slot: 'now' }, { slot: 1 }, null])(
    'refuses an event that is not the schedule’s: %j',
    async (event) => {
      await expect(handler()(event, context)).rejects.toThrow(
        'expected the schedule’s event, like {"slot":"2026-11-22T14:05:00Z"}',
      );
    },
  );

  it('does not start with an environment that is not the construct’s, and names what is wrong', () => {
    expect(() => createHandler({ ENDPOINTS: 'some', INTERVAL_MINUTES: '0' }, trail.ports())).toThrow(
      /SNAPSHOTS_TABLE[\s\S]*ENDPOINTS[\s\S]*INTERVAL_MINUTES/,
    );
  });
});
