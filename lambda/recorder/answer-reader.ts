import { SaxesParser } from 'saxes';
import { MOST_LEVELS } from '../trail/bounded-json.ts';
import type { Element, Elements } from '../trail/element.ts';
import { asElements, isList } from '../trail/element.ts';
import { present } from '../trail/present.ts';

/** A complete answer of the EC2 API. */
interface ReadAnswer {
  /** Name of the root element: `DescribeClientVpnConnectionsResponse`, or `Response` for an error. */
  readonly root: string;
  readonly requestId?: string;
  readonly nextToken?: string;
  /** The list's items; undefined if the answer has no list, which is not the same as an empty list. */
  readonly items?: readonly Elements[];
  /** AWS's error, if the answer is one. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** An element that is not closed yet: its text, and its children so far, either a set of items or members by name. */
interface Open {
  readonly name: string;
  text: string;
  items: Element[] | undefined;
  members: Record<string, Element> | undefined;
}

/** The version is forced because XML 1.1, if an answer declared it, would change line ends. */
const OPTIONS = { position: false, xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true } as const;

/** The largest code point. */
const LAST_CHARACTER = 0x10_ff_ff;

/**
 * Parses an answer of the EC2 API as a stream and keeps every element of every item, also those that no SDK knows yet, and every
 * character, also those that XML 1.0 does not have: AWS's serializer may write them (ADR 32).
 */
export class AnswerReader {
  readonly #parser = new SaxesParser<typeof OPTIONS>(OPTIONS);
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #listName: string;
  readonly #open: Open[] = [];
  /** The text that is parsed, and where it begins in the answer. */
  #text = '';
  #start = 0;
  #root: { readonly name: string; readonly members: Elements } | undefined;
  #items: Elements[] | undefined;

  /** @param listName the element that holds the items: `connections`, or `clientVpnEndpoint` */
  constructor(listName: string) {
    this.#listName = listName;
    this.#parser.on('opentag', (tag) => this.#enter(tag.name, tag.attributes));
    this.#parser.on('text', (text) => this.#take(text));
    this.#parser.on('cdata', (text) => this.#take(text));
    this.#parser.on('closetag', () => this.#leave());
    this.#parser.on('error', (error) => this.#judge(error));
    // What the parser asks of the number in a character reference. The method is private; saxes is pinned, and tests would fail.
    Object.assign(this.#parser, { isChar: (number: number) => number <= LAST_CHARACTER });
  }

  /** @throws Error if it is not well-formed XML in UTF-8 */
  write(bytes: Uint8Array): void {
    this.#parse(this.#decoder.decode(bytes, { stream: true }));
  }

  /** @throws Error if the XML is truncated */
  end(): ReadAnswer {
    this.#parse(this.#decoder.decode());
    this.#parser.close();
    const { name = '', members = {} } = this.#root ?? {};
    const { requestId, nextToken, Errors } = members;
    const error = asElements(asElements(Errors)?.Error);
    return {
      root: name,
      ...present({
        requestId: textIn(requestId),
        nextToken: textIn(nextToken),
        items: this.#items,
        error: error && { code: toText(error.Code), message: toText(error.Message) },
      }),
    };
  }

  #parse(text: string): void {
    this.#start += this.#text.length;
    this.#text = text;
    this.#parser.write(text);
  }

  /** A character that XML 1.0 does not have is no error. The parser says the same of `<` in an attribute, which is one. */
  #judge(error: Error): void {
    const character = this.#text.charAt(this.#parser.position - 1 - this.#start);
    if (error.message !== 'disallowed character.' || character === '<') throw error;
  }

  #enter(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#open.length === MOST_LEVELS) throw new Error(`elements are nested in more than ${MOST_LEVELS} levels.`);
    const open: Open = { name, text: '', items: undefined, members: undefined };
    // The root's attributes are name spaces; those of an item's elements are kept like elements of their own.
    if (this.#open.length > 0) {
      for (const key in attributes) addChild(open, `@${key}`, attributes[key] ?? '');
    }
    this.#open.push(open);
    if (this.#open.length === 2 && name === this.#listName) this.#items ??= [];
  }

  #take(text: string): void {
    const open = this.#open.at(-1);
    if (open) open.text += text;
  }

  #leave(): void {
    const closed = this.#open.pop();
    if (!closed) return;
    const parent = this.#open.at(-1);
    if (!parent) this.#root = { name: closed.name, members: toMembers(closed) };
    else if (this.#open.length === 2 && parent.name === this.#listName) this.#items?.push(toMembers(closed));
    else if (this.#open.length > 1 || closed.name !== this.#listName) addChild(parent, closed.name, toElement(closed));
  }
}

function toText(element: Element | undefined): string {
  return typeof element === 'string' ? element : JSON.stringify(element ?? '');
}

function textIn(element: Element | undefined): string | undefined {
  return typeof element === 'string' && element !== '' ? element : undefined;
}

/** The content of an element: its text; the list of its children if all are named `item`; else its children by name. */
function toElement(closed: Open): Element {
  return closed.items ?? (closed.members ? toMembers(closed) : closed.text);
}

/** Children by name, in AWS's order; text between them is kept as `#text`. */
function toMembers(closed: Open): Elements {
  const members = membersOf(closed);
  if (closed.text.trim() !== '') put(members, '#text', closed.text);
  return members;
}

/** Children named `item` are a set if there are no others; a repeated name makes a list. */
function addChild(open: Open, name: string, element: Element): void {
  if (name === 'item' && !open.members) {
    open.items ??= [];
    open.items.push(element);
    return;
  }
  const members = membersOf(open);
  const before = Object.hasOwn(members, name) ? members[name] : undefined;
  if (before === undefined) put(members, name, element);
  else put(members, name, [...(isList(before) ? before : [before]), element]);
}

/** The children by name, including those of a set. */
function membersOf(open: Open): Record<string, Element> {
  if (!open.members) {
    const [only, ...more] = open.items ?? [];
    open.members = only === undefined ? {} : { item: more.length > 0 ? [only, ...more] : only };
    open.items = undefined;
  }
  return open.members;
}

function put(members: Record<string, Element>, name: string, element: Element): void {
  // Assigning to __proto__ would not create a member.
  if (name !== '__proto__') members[name] = element;
  else Object.defineProperty(members, name, { value: element, enumerable: true, configurable: true, writable: true });
}
