/** The source of the credentials, from the command line. */
export interface CredentialSource {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}

/** How the Region is given, for the end of a message. */
export const GIVE_REGION = 'Name it with --region, AWS_REGION or in the profile.';

/** What to do about credentials that have expired; with the profile that the SDK took them from, also where the environment names it. */
export function renewWords({ profile = process.env.AWS_PROFILE }: CredentialSource): string {
  const login = `aws sso login${profile === undefined ? '' : ` --profile ${profile}`}`;
  return `Renew them (for example "${login}") and ask again.`;
}
