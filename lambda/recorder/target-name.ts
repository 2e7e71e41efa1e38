/** What a target is called, in metrics, logs and messages: `111122223333/eu-west-1`. */
export function targetName({ account, region }: { readonly account: string; readonly region: string }): string {
  return `${account}/${region}`;
}
