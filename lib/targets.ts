import { accountOfRole } from '../lambda/trail/role.ts';

/** A policy may have 6,144 characters and an endpoint's ARN about 90; AWS's default quota is 5 a Region. */
export const MOST_NAMED_ENDPOINTS = 40;

/** Each is a schedule and an alarm; a stack may have 500 resources (CloudFormation User Guide, "CloudFormation quotas"). */
export const MOST_TARGETS = 100;

/** An account and Region to record, as configured. Absent: those of the stack. */
export interface Target {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** The role of another account. */
  readonly roleArn?: string | undefined;
  readonly endpoints: 'all' | readonly string[];
}

/** A target as it may be given: all of it has defaults. */
export type TargetGiven = { readonly [K in keyof Target]?: Target[K] | undefined };

/** Where a stack is, as far as that is known at synth. */
export interface StackPlace {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** The account of a target's role; undefined for one without, which is in that of the stack. */
export function roleAccount({ roleArn }: Pick<Target, 'roleArn'>): string | undefined {
  return roleArn === undefined ? undefined : accountOfRole(roleArn);
}

/** The account of a target, as configured; undefined where it is that of the stack. */
export function targetAccount(target: Pick<Target, 'account' | 'roleArn'>): string | undefined {
  return roleAccount(target) ?? target.account;
}

/** What names a target in logical ids: the same in every synth, wherever in the list it stands. */
export function targetId(target: Target): string {
  return `${roleAccount(target) ?? 'Own'}-${target.region ?? 'Own'}`;
}

interface Targets extends StackPlace {
  readonly endpoints: 'all' | readonly string[];
  readonly targets?: readonly Target[] | undefined;
  readonly externalId?: string | undefined;
}

/** Contradictions in the targets of a configuration: a line for each, with the key first. */
export function targetContradictions(config: Targets): string[] {
  const { targets, externalId, endpoints } = config;
  if (targets === undefined) {
    return externalId === undefined
      ? []
      : [line('externalId', externalId, 'without targets', 'targets with a roleArn, which it is for')];
  }
  const problems = targets.flatMap((target) => problemsOf(target, config));
  if (endpoints !== 'all') {
    problems.push(line('endpoints', endpoints, 'beside targets', 'the ids as endpoints of the target that has them'));
  }
  if (externalId !== undefined && targets.every(({ roleArn }) => roleArn === undefined)) {
    problems.push(line('externalId', externalId, 'without a roleArn', 'a roleArn in the targets of other accounts'));
  }
  const own = targets.filter(({ roleArn }) => roleArn === undefined);
  const named = own.reduce((sum, one) => sum + (one.endpoints === 'all' ? 1 : one.endpoints.length), 0);
  if (named > MOST_NAMED_ENDPOINTS) {
    problems.push(
      `cvpn-audit:targets: got ${named} endpoints of the stack's own account, more than the recorder's policy can name; expected at most ${MOST_NAMED_ENDPOINTS}, or "all"`,
    );
  }
  return [...problems, ...repeated(targets, config)];
}

function problemsOf(target: Target, { externalId, account }: Targets): string[] {
  const ofRole = roleAccount(target);
  const problems: string[] = [];
  if (target.roleArn !== undefined && externalId === undefined) {
    problems.push(
      line(
        'targets',
        target,
        'without externalId',
        'externalId, which the role demands: without it others could use it',
      ),
    );
  }
  if (target.account !== undefined && ofRole !== undefined && ofRole !== target.account) {
    problems.push(line('targets', target, `whose role is of account ${ofRole}`, `a role of account ${target.account}`));
  }
  if (target.roleArn === undefined && target.account !== undefined && account && target.account !== account) {
    problems.push(
      line('targets', target, `of another account than the stack's, ${account}`, 'the roleArn of a role there'),
    );
  }
  return problems;
}

/** One account and Region is one target: its run closes the logs there that it does not record. */
function repeated(targets: readonly Target[], stack: StackPlace): string[] {
  return targets.flatMap((target, index) => {
    const before = targets.slice(0, index).find((other) => isSamePlace(target, other, stack));
    return before === undefined
      ? []
      : [
          line(
            'targets',
            target,
            `which may be the account and Region of ${JSON.stringify(before)}`,
            'one target for an account and Region, with all its endpoints; and the Region in each target, where some have one',
          ),
        ];
  });
}

/** Whether two targets are, or might be, the same account and Region. */
function isSamePlace(one: Target, other: Target, stack: StackPlace): boolean {
  const isOwn = one.roleArn === undefined && other.roleArn === undefined;
  const [account, others] = [targetAccount(one) ?? stack.account, targetAccount(other) ?? stack.account];
  const [region, othersRegion] = [one.region ?? stack.region, other.region ?? stack.region];
  return (
    (isOwn || account === others) && (region === othersRegion || region === undefined || othersRegion === undefined)
  );
}

const line = (key: string, given: unknown, why: string, expected: string) =>
  `cvpn-audit:${key}: got ${JSON.stringify(given)} ${why}; expected ${expected}`;
