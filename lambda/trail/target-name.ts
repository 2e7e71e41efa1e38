/** What a target is called, in metrics, logs and messages: `111122223333/eu-west-1`. */
export function targetName({ account, region }: { readonly account: string; readonly region: string }): string {
  return `${account}/${region}`;
}

/** The account and Region of a target's name. */
export function readTargetName(name: string): { readonly accountId: string; readonly region: string } {
  const [accountId = '', region = ''] = name.split('/');
  return { accountId, region };
}
