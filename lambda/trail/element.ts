/**
 * What an XML element of an answer held: its text, its children by name, or, where all its children are named `item`
 * (AWS's way of writing a set), the list of them. Nothing is dropped and nothing is converted.
 */
export type Element = string | Elements | readonly Element[];

/** Child elements by the name they have on the wire, in the order AWS gave them. */
export interface Elements {
  readonly [name: string]: Element;
}

/** The child elements, where the element has any by name. */
export function asElements(element: Element | undefined): Elements | undefined {
  return typeof element === 'object' && !isList(element) ? element : undefined;
}

/** Whether the element is a set of items. */
export function isList(element: Element | undefined): element is readonly Element[] {
  return Array.isArray(element);
}
