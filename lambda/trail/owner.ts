import type { Elements } from './element.ts';

/** Whose endpoint it is, and where. An absent member is not known. */
export interface Owner {
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

/** The accounts and Regions that a question names: the values of each join with OR, and both with AND. Empty or absent: any. */
export interface AskedOwners {
  readonly account?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
}

/** An AWS account id (AWS Account Management reference guide, "AWS account identifiers"). */
export const ACCOUNT_ID = /^\d{12}$/;
/** The name of an AWS Region, in any partition. */
export const REGION_NAME = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;

/** What entries of a log have for an account that nothing told. */
const UNKNOWN = 'unknown';

/** The owner that an entry of a log names, or what follows from it. */
export function ownerOf({ accountId, region }: Owner): Owner {
  return { accountId: accountId === UNKNOWN ? undefined : accountId, region };
}

/**
 * The owner by AWS's description, which does not name it: the server certificate of an endpoint is in the endpoint's account and
 * Region, and its ARN names both (Client VPN administrator guide, "Mutual authentication").
 */
export function describedOwner(description: Elements | undefined): Owner {
  const arn = description?.serverCertificateArn;
  const [, region, accountId] = (typeof arn === 'string' && /^arn:[^:]*:acm:([^:]*):(\d{12}):/.exec(arn)) || [];
  return { accountId, region: region || undefined };
}

/** Whether a question names any account or Region. */
export function asksForOwner({ account = [], region = [] }: AskedOwners): boolean {
  return account.length + region.length > 0;
}

/** Whether an endpoint is one that a question names by account and Region; `possible` where that is not known (ADR 50). */
export function isAskedOwner({ account = [], region = [] }: AskedOwners, owner: Owner): 'certain' | 'possible' | 'no' {
  const verdicts = [judge(account, owner.accountId), judge(region, owner.region)];
  return verdicts.find((one) => one === 'no') ?? verdicts.find((one) => one === 'possible') ?? 'certain';
}

function judge(asked: readonly string[], known: string | undefined): ReturnType<typeof isAskedOwner> {
  if (asked.length === 0) return 'certain';
  if (known === undefined) return 'possible';
  return asked.includes(known) ? 'certain' : 'no';
}

/** Whether what was noted for one owner concerns another: what is not known of either may be the same. */
export function concerns(noted: Owner, owner: Owner): boolean {
  const mayBeSame = (one: string | undefined, other: string | undefined) =>
    one === undefined || other === undefined || one === other;
  return mayBeSame(noted.accountId, owner.accountId) && mayBeSame(noted.region, owner.region);
}

/** The accounts and Regions in words, as they stand behind "of" or "is": `the account 111122223333 in eu-west-1`. */
export function ownerWords({ accountId, region }: Owner): string {
  const account = accountId === undefined ? 'an account that is not known' : `the account ${accountId}`;
  return region === undefined ? account : `${account} in ${region}`;
}

/** What a question names, in the same words. */
export function askedOwnerWords({ account = [], region = [] }: AskedOwners): string {
  const parts = [
    ...(account.length > 0 ? [`of the account ${account.join(' or ')}`] : []),
    ...(region.length > 0 ? [`in the Region ${region.join(' or ')}`] : []),
  ];
  return parts.join(' ');
}
