import type { Element } from './structure.ts';

/** What is no character to XML 1.0, not even as a reference: most control characters, and lone surrogates. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** A parser may turn a bare carriage return into a line feed, so it travels as a reference. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

function escapeText(text: string): string {
  return text.replace(FORBIDDEN, '\uFFFD').replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? character);
}

function isSet(element: Element): element is readonly Element[] {
  return Array.isArray(element);
}

function contentOf(element: Element): string {
  if (typeof element === 'string') return escapeText(element);
  if (isSet(element)) return element.map((member) => toXml('item', member)).join('');
  return Object.entries(element)
    .map(([name, child]) => toXml(name, child))
    .join('');
}

/**
 * One XML element with its content. Texts are escaped; characters that XML 1.0 forbids become U+FFFD, since no XML
 * parser would accept them in any spelling.
 * @param namespace - the `xmlns` to declare on it.
 */
export function toXml(name: string, element: Element, namespace?: string): string {
  const content = contentOf(element);
  const start = namespace === undefined ? name : `${name} xmlns="${escapeText(namespace)}"`;
  return content === '' ? `<${start}/>` : `<${start}>${content}</${name}>`;
}
