/**
 * A piece of an EC2 answer as XML elements: a text, a structure of named elements, or a set (each member becomes an
 * `<item>`).
 */
export type StructureMember = string | Structure | readonly StructureMember[];

/** Named elements, named as on the wire (`clientVpnEndpointId`, not `ClientVpnEndpointId`). An absent field has no name here. */
export interface Structure {
  readonly [name: string]: StructureMember;
}

/** The text of one element, or `''` if it is absent or not a text. */
export function textOf(structure: Structure | undefined, name: string): string {
  const element = structure?.[name];
  return typeof element === 'string' ? element : '';
}
