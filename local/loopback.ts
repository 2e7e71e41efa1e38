import { isIPv4 } from 'node:net';

/** Whether a URL leads to this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

/**
 * Credentials and Region for a client of a service on this machine: the environment's if set, because DynamoDB Local
 * separates tables by them, otherwise dummy values. No profile is read, so working on one machine needs no AWS
 * configuration.
 */
export function loopbackIdentity(env: NodeJS.ProcessEnv) {
  return {
    region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'eu-central-1',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? 'any', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? 'any' },
  };
}
