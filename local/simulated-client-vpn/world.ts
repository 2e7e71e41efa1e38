import type { Structure } from '../../gateway/ec2-query-protocol/structure.ts';

/** The facts behind the simulated Client VPN, at any instant. */
export interface World {
  /** The endpoints that DescribeClientVpnEndpoints lists at an instant; each has a `clientVpnEndpointId`. */
  endpoints(at: Date): readonly Structure[];
  /**
   * What DescribeClientVpnConnections lists for one endpoint at an instant. The order is stable; rows that can vanish
   * later are sorted by `connectionId`, so that paging can continue where it stopped.
   */
  connections(endpointId: string, at: Date): readonly Structure[];
}
