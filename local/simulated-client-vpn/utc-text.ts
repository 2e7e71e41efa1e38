/** A time as DescribeClientVpnConnections writes it: `2019-08-12 07:58:34`, UTC, no zone, whole seconds. */
export function connectionTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

/** A time as DescribeClientVpnEndpoints writes it: `2019-08-12T07:58:34`, UTC, no zone, whole seconds. */
export function endpointTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19);
}

/** Reads either form as UTC, in milliseconds since 1970; NaN for anything else. */
export function parseUtc(text: string): number {
  return /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
}
