import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { getProfileName, parseKnownFiles } from '@smithy/core/config';
import { toError } from '../../lambda/trail/to-error.ts';
import { WrongNetworkSetting } from './wrong-setting.ts';

/** Whose certificates are trusted besides those that Node trusts. */
export interface Authorities {
  /** For people: where they are named, and in which file. */
  readonly shown: string;
  /** Node's own and these, in PEM. */
  readonly all: string[];
  readonly context: tls.SecureContext;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/**
 * The authorities that AWS_CA_BUNDLE names, or else `ca_bundle` of the profile (AWS SDKs and Tools reference guide, "General
 * configuration settings"); undefined where neither does. Unlike for the AWS CLI they are added to Node's own.
 *
 * @param profile - by default the environment's
 * @throws WrongNetworkSetting where the file cannot be read, or holds no certificate
 */
export async function readAuthorities(profile: string | undefined): Promise<Authorities | undefined> {
  const variable = process.env.AWS_CA_BUNDLE;
  if (variable) return authoritiesIn(variable, 'AWS_CA_BUNDLE');
  const name = getProfileName(profile === undefined ? {} : { profile });
  const file = (await parseKnownFiles({}))[name]?.ca_bundle;
  return file ? authoritiesIn(file, `ca_bundle of the profile ${name}`) : undefined;
}

function authoritiesIn(file: string, from: string): Authorities {
  const found = readText(file, from).match(CERTIFICATE) ?? [];
  const wrong = found.findIndex((pem) => !isCertificate(pem));
  if (found.length === 0 || wrong >= 0) {
    const what =
      found.length === 0 ? 'holds no certificate' : `has a certificate that cannot be read (number ${wrong + 1})`;
    throw new WrongNetworkSetting(`${from} names ${file}, which ${what}; expected certificates in PEM.`);
  }
  // Node 20 has no such function, and cannot tell what it trusts by NODE_EXTRA_CA_CERTS.
  const trusted: readonly string[] = tls.getCACertificates?.('default') ?? tls.rootCertificates;
  const all = [...trusted, ...found];
  return { shown: `${from}, ${file}`, all, context: tls.createSecureContext({ ca: all }) };
}

function readText(file: string, from: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new WrongNetworkSetting(
      `${from} names ${file}, which cannot be read (${toError(error).message}); expected a file of certificates in PEM.`,
      { cause: error },
    );
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
