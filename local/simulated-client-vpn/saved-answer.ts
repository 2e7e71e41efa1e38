import * as z from 'zod';
import { type Structure, type StructureMember, textOf } from '../../gateway/ec2-query-protocol/structure.ts';
import { CONNECTION_MEMBERS, membersWith } from '../../lambda/trail/connection-members.ts';
import { describeEndpoint } from './endpoint-description.ts';
import { cidrBlockOf, ipv4Number } from './ipv4.ts';
import { FIRST_PLACE } from './place.ts';
import { parseUtc } from './utc-text.ts';
import type { World } from './world.ts';

/** Lists whose wire name differs from the CLI's; other wire names only have a small first letter (the CLI's service model). */
const LISTS = new Map<string, string>(
  membersWith({ kind: 'texts' }).map((name) => [name, CONNECTION_MEMBERS[name].wire]),
);

/** For an endpoint none of whose rows has an establishment time: AWS introduced Client VPN on this day. */
const CLIENT_VPN_INTRODUCED = Date.UTC(2018, 11, 18);

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A name that can be an XML element's too. */
const fieldName = z.string().regex(/^[A-Za-z]\w*$/);
const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(fieldName, json)]),
);
const connection = z
  .record(fieldName, json)
  .refine((row) => typeof row.ClientVpnEndpointId === 'string', 'expected a ClientVpnEndpointId, a string');
const answer = z.object({ Connections: z.array(connection) });

function wireName(name: string): string {
  const small = name.charAt(0).toLowerCase() + name.slice(1);
  return LISTS.get(small) ?? small;
}

function isList(value: readonly Json[] | { readonly [name: string]: Json }): value is readonly Json[] {
  return Array.isArray(value);
}

function toElement(value: Exclude<Json, null>): StructureMember {
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return value.filter((member) => member !== null).map(toElement);
  return toStructure(value);
}

function toStructure(fields: { readonly [name: string]: Json }): Structure {
  const elements: [string, StructureMember][] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null) elements.push([wireName(name), toElement(value)]);
  }
  return Object.fromEntries(elements);
}

function endpointFrom(id: string, rows: readonly Structure[]): Structure {
  const addresses = rows.map((row) => ipv4Number(textOf(row, 'clientIp'))).filter((address) => address !== undefined);
  const established = rows.map((row) => parseUtc(textOf(row, 'connectionEstablishedTime'))).filter(Number.isFinite);
  const byDirectory = rows.some((row) => textOf(row, 'username') !== '');
  return describeEndpoint({
    id,
    place: FIRST_PLACE,
    name: 'saved-answer',
    description: 'From a saved answer of describe-client-vpn-connections',
    createdAt: established.length === 0 ? CLIENT_VPN_INTRODUCED : Math.min(...established),
    clientCidrBlock: cidrBlockOf(addresses),
    authentication: byDirectory ? 'directory-service' : 'certificate',
    transportProtocol: 'udp',
    sessionTimeoutHours: 24,
    dualStack: rows.some((row) => textOf(row, 'clientIpv6Address') !== ''),
  });
}

function readAnswer(text: string, fileName: string): z.output<typeof answer> {
  const expected =
    'expected what "aws ec2 describe-client-vpn-connections --output json" prints, {"Connections": [...]}';
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new Error(`${fileName} is not JSON; ${expected}`, { cause: error });
  }
  const { data, error } = answer.safeParse(given);
  if (error !== undefined) throw new Error(`${fileName}: ${expected}; got something else:\n${z.prettifyError(error)}`);
  return data;
}

/**
 * Serves a saved answer of `aws ec2 describe-client-vpn-connections`, in the CLI's own form: `{"Connections": [...]}`
 * with PascalCase fields. The rows are served unchanged, in their order, at any simulated time: the 60 minutes are not
 * applied to them. Unknown fields are kept. The endpoints are those that the rows name.
 * @param fileName - only for the messages.
 * @throws Error that says what was given and what was expected.
 */
export function parseSavedAnswer(text: string, fileName: string): World {
  const rows = readAnswer(text, fileName).Connections.map(toStructure);
  const byEndpoint = Map.groupBy(rows, (row) => textOf(row, 'clientVpnEndpointId'));
  const endpoints = [...byEndpoint].map(([id, own]) => endpointFrom(id, own));
  return {
    endpoints: () => endpoints,
    connections: (endpointId) => byEndpoint.get(endpointId) ?? [],
  };
}
