import { html } from 'hono/html';
import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { type ConnectionAnswer, connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { count, showDuration } from '../../words/amounts.ts';
import { askEndpoints } from '../parts/ask-endpoints.ts';
import { coverageBand } from '../parts/coverage-band.ts';
import { sameAnswer } from '../parts/same-answer.ts';
import { firstSteps } from '../parts/states.ts';
import { table } from '../parts/table.ts';
import { connectionPath, link, showEndpoint, showName, showTime } from '../parts/texts.ts';
import type { Screen } from '../screen.ts';

/** `/ui/now`: who is connected. */
export const nowScreen: Screen = {
  path: '/ui/now',
  section: 'Now',
  show: async (ports, question) => {
    const { endpoints, labels } = await askEndpoints(ports);
    const heading = { title: 'Now', heading: 'Now' };
    if (endpoints.length === 0) return { ...heading, body: firstSteps(ports, question), refreshAfterSeconds: 30 };
    const { connections, window, coverage } = await askTrail(
      ports.ask,
      '/connections?at=now&limit=1000',
      connectionsAnswer,
    );
    const rows = table<ConnectionAnswer>({
      caption: count(connections.length, 'connection'),
      columns: [
        {
          header: 'Who',
          isName: true,
          cell: (row) => link(question, connectionPath(row.connectionId), showName(row.identity)),
        },
        { header: 'Address', cell: ({ clientIp = '' }) => clientIp },
        { header: 'Endpoint', cell: ({ endpointId }) => showEndpoint(labels, endpointId) },
        { header: 'Since', cell: ({ establishedAt }) => showTime(question, establishedAt) },
        { header: 'For', align: 'right', cell: ({ durationSeconds }) => showDuration(durationSeconds) },
      ],
      rows: connections,
    });
    const same = { json: { path: '/connections', parameters: { at: 'now' } }, command: { words: ['who', '--now'] } };
    return {
      ...heading,
      body: html`${coverageBand(question, { coverage, window, labels })}${sameAnswer(ports, question, same)}${rows}`,
      refreshAfterSeconds: 60,
    };
  },
};
