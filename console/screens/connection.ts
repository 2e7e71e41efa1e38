import { html } from 'hono/html';
import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { type ConnectionAnswer, connectionAnswer, type Evidence } from '../../lambda/query/schemas/connection.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { labelledLines } from '../../words/connection-lines.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import { askEndpoints } from '../parts/ask-endpoints.ts';
import { showEnd } from '../parts/connection-columns.ts';
import { coverageBand } from '../parts/coverage-band.ts';
import { sameAnswer } from '../parts/same-answer.ts';
import { attempt, partialNote } from '../parts/states.ts';
import { table } from '../parts/table.ts';
import { link, showEndpoint, showName, showTime } from '../parts/texts.ts';
import type { ScreenPorts } from '../ports.ts';
import type { ScreenQuestion } from '../question.ts';
import type { Html, Screen } from '../screen.ts';
import { askSightings, askUsage, sightingsLink, sightingsSection, usageSection } from './connection-snapshots.ts';
import { filePath } from './proof-file.ts';

/** `/ui/connections/{connectionId}`: every field of a connection, its usage, its sightings, and what proves it. */
export const connectionScreen: Screen = {
  path: '/ui/connections/{connectionId}',
  section: 'Connections',
  show: async (ports, question) => {
    const { connectionId = '' } = question.names;
    const path = `/connections/${encodeURIComponent(connectionId)}`;
    const [named, { connection, snapshots, window, coverage }] = await Promise.all([
      attempt(askEndpoints(ports)),
      askTrail(ports.ask, path, connectionAnswer),
    ]);
    const labels = named.value?.labels ?? new Map<string, string>();
    const [usage, sightings] = await Promise.all([
      attempt(askUsage(ports, question, connection)),
      attempt(askSightings(ports, question, connection)),
    ]);
    const { identity, endpointId } = connection;
    const same = {
      json: { path },
      command: { words: ['connection', connectionId] },
      aws: {
        words: ['describe-client-vpn-connections', '--client-vpn-endpoint-id', endpointId],
        filters: { 'connection-id': connectionId },
      },
    };
    return {
      title: `Connection of ${identity}`,
      heading: showName(identity),
      asked: html`${showEndpoint(labels, endpointId)}, established ${showTime(question, connection.establishedAt)}, ${connection.endedAt === undefined ? '' : 'ended '}${showEnd(question, connection)}`,
      body: html`${coverageBand(question, { coverage, window, labels })}
${named.trouble ? partialNote('What its endpoint is called is not known', named.trouble) : ''}
${others(question, connection)}
<section><h2>Every field</h2><dl class="record">${labelledLines(connection, question.zone).map(([label, value]) => html`<div><dt>${label}</dt><dd>${showLine(question, value, label, labels)}</dd></div>`)}</dl></section>
${usage.value ? usageSection(question, usage.value) : ''}${usage.trouble ? partialNote('Its usage is not known', usage.trouble) : ''}
${evidenceSection(ports, question, connection, snapshots)}
${sightings.value ? sightingsSection(question, sightings.value) : sightingsLink(question)}${sightings.trouble ? partialNote('Its sightings are not known', sightings.trouble) : ''}
${sameAnswer(ports, question, same)}`,
    };
  },
};

/** A moment in a line's text, as {@link showInZone} writes it. */
const MOMENT = /(?<!\w)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))(?!\w)/;

function showLine(question: ScreenQuestion, value: string, label: string, labels: EndpointLabels): Html {
  const name = label === 'endpoint' ? labels.get(value) : undefined;
  if (name !== undefined) return html`${showName(name)} <span class="muted">${showName(value)}</span>`;
  const pieces = value.split(MOMENT);
  return html`${pieces.map((piece, index) => (index % 2 === 0 ? (piece === '' ? '' : showName(piece)) : showTime(question, toInstant(Date.parse(piece)))))}`;
}

/** Where one goes on from here. */
function others(
  question: ScreenQuestion,
  { identity, clientIp, clientIpv6, username, commonName }: ConnectionAnswer,
): Html {
  const address = clientIp ?? clientIpv6;
  const links = [
    ...(username === undefined && commonName === undefined
      ? []
      : [link(question, '/ui/connections', html`all of ${showName(identity)}`, { user: identity })]),
    ...(address === undefined
      ? []
      : [link(question, '/ui/connections', html`all that had ${address}`, { ip: address })]),
  ];
  return html`<ul class="choices" aria-label="Others">${links.map((one) => html`<li>${one}</li>`)}</ul>`;
}

/** The snapshots that prove it, with the files that one checks by oneself. */
function evidenceSection(
  ports: ScreenPorts,
  question: ScreenQuestion,
  { connectionId, endpointId }: ConnectionAnswer,
  snapshots: readonly Evidence[],
): Html {
  const file = (slot: string, name: string) => filePath(endpointId, slot, name);
  const rows = table<Evidence>({
    caption:
      'The first and the last snapshot that list it. Each is an entry of the log that the signed checkpoints cover.',
    hasKeys: false,
    rows: snapshots,
    columns: [
      { header: 'Snapshot', isName: true, cell: ({ slot }) => showTime(question, slot) },
      { header: 'Entry', align: 'right', cell: ({ entry }) => entry.toLocaleString('en') },
      {
        header: 'Leaf hash (SHA-256)',
        cell: ({ leafHash, slot }) =>
          html`<span class="code hash" id="leaf-${slot}">${leafHash}</span> <button type="button" class="quiet" data-copy="leaf-${slot}" hidden>Copy<span class="unseen"> leaf hash</span></button>`,
      },
      {
        header: 'To download',
        cell: ({ slot, chunkIndex, expired }) =>
          html`<a href="${file(slot, 'proof.txt')}">proof</a>, <a href="${file(slot, 'manifest.json')}">manifest</a>${expired ? ', rows expired' : chunkIndex === undefined ? '' : html`, <a href="${file(slot, `chunk-${chunkIndex}.ndjson.gz`)}">rows</a>`}`,
      },
    ],
  });
  const command = [
    'cvpn-audit export --format ndjson --evidence --connection-id',
    connectionId,
    '--out proof.ndjson',
    ...ports.commandOptions(question.origin),
  ];
  return html`<section><h2>What proves it</h2>${rows}
<p class="muted">All of it in one signed export, which <code>cvpn-audit verify proof.ndjson</code> checks offline: <code id="export-command">${command.join(' ')}</code> <button type="button" class="quiet" data-copy="export-command" hidden>Copy<span class="unseen"> the command</span></button></p></section>`;
}
