/** `cvpn-endpoint-` and hexadecimal digits: the form of every Client VPN endpoint id AWS has shown. */
export const ENDPOINT_ID = /^cvpn-endpoint-[0-9a-f]{8,32}$/;
