import { RecordedTrail } from '../recording/recorded-trail.ts';
import { errorXml, send } from '../servers/faulty-ec2.ts';
import type { AnswerEc2, WorldTrail } from './world-trail.ts';

/** A trail over the embedded engine, and an EC2 over HTTP: what the one in memory leaves out. */
export async function startEngineTrail(): Promise<{ start: (answer: AnswerEc2) => WorldTrail; trail: RecordedTrail }> {
  const trail = await RecordedTrail.start();
  const options = { ...trail.options, ACCOUNT_ID: '123456789012' };
  const start = (answer: AnswerEc2): WorldTrail => {
    trail.ec2.fault = ({ action, parameters }, response) => {
      const [endpointId, nextToken] = [parameters.get('ClientVpnEndpointId'), parameters.get('NextToken')];
      const given = answer({ action, endpointId: endpointId ?? undefined, nextToken: nextToken ?? undefined });
      const reply =
        'refused' in given ? { status: 503, xml: errorXml(given.refused) } : { status: 200, xml: given.xml };
      send(response, given.date, reply);
      return true;
    };
    return { ports: trail.ports(), options, archive: trail.archive, documents: trail.tables.documents };
  };
  return { start, trail };
}
