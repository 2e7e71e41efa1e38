/**
 * A piece of an EC2 answer as XML elements: a text, a structure of named elements, or a set (each member becomes an
 * `<item>`).
 */
export type Element = string | Structure | readonly Element[];

/** Named elements, named as on the wire (`clientVpnEndpointId`, not `ClientVpnEndpointId`). An absent field has no name here. */
export interface Structure {
  readonly [name: string]: Element;
}

/** What there is to describe: the facts behind the simulated Client VPN, at any instant. */
export interface World {
  /** The endpoints that DescribeClientVpnEndpoints lists at an instant; each has a `clientVpnEndpointId`. */
  endpoints(at: Date): readonly Structure[];
  /**
   * What DescribeClientVpnConnections lists for one endpoint at an instant. The order is stable; rows that can vanish
   * later are sorted by `connectionId`, so that a walk over pages can go on where it stopped.
   */
  connections(endpointId: string, at: Date): readonly Structure[];
}

/** The text of one element, or `''` where it is absent or not a text. */
export function textOf(structure: Structure | undefined, name: string): string {
  const element = structure?.[name];
  return typeof element === 'string' ? element : '';
}
