/**
 * The content of an XML element of an answer: its text, its children by name, or a list of its children if all are named `item`
 * (AWS's way of writing a set). Nothing is dropped or converted.
 */
export type Element = string | Elements | readonly Element[];

/** Child elements by their wire name, in AWS's order. */
export interface Elements {
  readonly [name: string]: Element;
}

/** The child elements, if the element has any by name. */
export function asElements(element: Element | undefined): Elements | undefined {
  return typeof element === 'object' && !isList(element) ? element : undefined;
}

/** Whether the element is a set of items. */
export function isList(element: Element | undefined): element is readonly Element[] {
  return Array.isArray(element);
}
