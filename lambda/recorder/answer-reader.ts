import { SaxesParser } from 'saxes';
import type { Element, Elements } from '../trail/element.ts';
import { asElements, isList } from '../trail/element.ts';

/** An answer of the EC2 API, with everything it held. */
export interface Answer {
  /** Name of the root element: `DescribeClientVpnConnectionsResponse`, or `Response` for an error. */
  readonly root: string;
  readonly requestId?: string;
  readonly nextToken?: string;
  /** The list's items; undefined where the answer has no list, which is not the same as an empty one. */
  readonly items?: readonly Elements[];
  /** AWS's error, where the answer is one. */
  readonly error?: { readonly code: string; readonly message: string };
}

interface Open {
  readonly name: string;
  readonly children: [name: string, element: Element][];
  text: string;
}

/**
 * Reads an answer of the EC2 API piece by piece as it arrives, once, and keeps every element of every item, also those
 * that no SDK knows yet.
 */
export class AnswerReader {
  readonly #parser = new SaxesParser({ position: false });
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #listName: string;
  readonly #open: Open[] = [];
  #root: { readonly name: string; readonly members: Elements } | undefined;
  #items: Elements[] | undefined;

  /** @param listName the element that holds the items: `connections`, or `clientVpnEndpoint` */
  constructor(listName: string) {
    this.#listName = listName;
    this.#parser.on('opentag', ({ name, attributes }) => this.#enter(name, Object.entries(attributes)));
    this.#parser.on('text', (text) => this.#take(text));
    this.#parser.on('cdata', (text) => this.#take(text));
    this.#parser.on('closetag', () => this.#leave());
  }

  /** @throws Error for what is not well-formed XML in UTF-8 */
  write(bytes: Uint8Array): void {
    this.#parser.write(this.#decoder.decode(bytes, { stream: true }));
  }

  /** @throws Error where the XML is cut short */
  end(): Answer {
    this.#parser.write(this.#decoder.decode());
    this.#parser.close();
    const { name = '', members = {} } = this.#root ?? {};
    const { requestId, nextToken, Errors } = members;
    const error = asElements(asElements(Errors)?.Error);
    return {
      root: name,
      ...(isText(requestId) ? { requestId } : {}),
      ...(isText(nextToken) ? { nextToken } : {}),
      ...(this.#items ? { items: this.#items } : {}),
      ...(error ? { error: { code: toText(error.Code), message: toText(error.Message) } } : {}),
    };
  }

  #enter(name: string, attributes: [string, string][]): void {
    // The root's attributes are name spaces; those of an item's elements are kept like elements of their own.
    const kept = this.#open.length === 0 ? [] : attributes;
    this.#open.push({ name, children: kept.map(([key, value]) => [`@${key}`, value]), text: '' });
    if (this.#open.length === 2 && name === this.#listName) this.#items ??= [];
  }

  #take(text: string): void {
    const open = this.#open.at(-1);
    if (open) open.text += text;
  }

  #leave(): void {
    const closed = this.#open.pop();
    const parent = this.#open.at(-1);
    if (!closed) return;
    if (!parent) this.#root = { name: closed.name, members: toMembers(closed) };
    else if (this.#open.length === 2 && parent.name === this.#listName) this.#items?.push(toMembers(closed));
    else if (this.#open.length > 1 || closed.name !== this.#listName)
      parent.children.push([closed.name, toElement(closed)]);
  }
}

function toText(element: Element | undefined): string {
  return typeof element === 'string' ? element : JSON.stringify(element ?? '');
}

function isText(element: Element | undefined): element is string {
  return typeof element === 'string' && element !== '';
}

/** What an element held: its text; the list of its children where all are named `item`; else its children by name. */
function toElement(element: Open): Element {
  if (element.children.length === 0) return element.text;
  if (element.children.every(([name]) => name === 'item')) return element.children.map(([, child]) => child);
  return toMembers(element);
}

/** Children by name, in AWS's order; a name that comes again makes a list, and text between them is kept as `#text`. */
function toMembers({ children, text }: Open): Elements {
  const members: Record<string, Element> = {};
  const put = (name: string, element: Element) => {
    // Not an assignment: an element named __proto__ must become a member like any other.
    Object.defineProperty(members, name, { value: element, enumerable: true, configurable: true, writable: true });
  };
  for (const [name, element] of children) {
    if (!Object.hasOwn(members, name)) put(name, element);
    else put(name, [...repeated(members[name]), element]);
  }
  if (text.trim() !== '') put('#text', text);
  return members;
}

function repeated(element: Element | undefined): readonly Element[] {
  if (element === undefined) return [];
  return isList(element) ? element : [element];
}
