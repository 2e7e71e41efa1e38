import { isIPv4 } from 'node:net';

/** Whether a URL leads to this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

/** Credentials and Region of a client. */
export interface LoopbackIdentity {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * What a client of a service on this machine signs with: the environment's credentials and Region where there are any,
 * since DynamoDB Local keeps the tables of each apart, otherwise something. No profile is read and nobody is asked, so
 * that working on one machine needs no AWS configuration.
 */
export function loopbackIdentity(env: NodeJS.ProcessEnv): LoopbackIdentity {
  return {
    region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'eu-central-1',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? 'any', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? 'any' },
  };
}
