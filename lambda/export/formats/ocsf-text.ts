import { toJson } from '../../query/json.ts';
import { OCSF_ATTRIBUTES } from './ocsf-attributes.ts';
import type { OcsfAttribute, TunnelEvent } from './ocsf-event.ts';

/** JSON, or undefined if there is nothing. */
type ToText = (event: TunnelEvent) => string | undefined;

interface Placed {
  readonly names: readonly string[];
  readonly value: OcsfAttribute['value'];
}

const toText = objectOf(OCSF_ATTRIBUTES.map(({ path, value }) => ({ names: path.split('.'), value })));

/** An event as JSON. The attribute tree is built once: creating objects for each event took longer than all the rest. */
export function eventText(event: TunnelEvent): string {
  return toText(event) ?? '{}';
}

function objectOf(attributes: readonly Placed[]): ToText {
  const members = [...Map.groupBy(attributes, ({ names }) => names[0] ?? '')].map(memberText);
  return (event) => {
    const said = members.map((member) => member(event)).filter((text) => text !== undefined);
    return said.length === 0 ? undefined : `{${said.join(',')}}`;
  };
}

function memberText([name, group]: [string, readonly Placed[]]): ToText {
  const inner = group.map(({ names, value }) => ({ names: names.slice(1), value }));
  const leaf = inner.find(({ names }) => names.length === 0);
  const text: ToText = leaf ? (event) => valueText(leaf.value(event)) : objectOf(inner);
  return (event) => {
    const said = text(event);
    return said === undefined ? undefined : `"${name}":${said}`;
  };
}

function valueText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'object' ? toJson(value) : toScalar(value as string | number | bigint | boolean);
}

function toScalar(value: string | number | bigint | boolean): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
