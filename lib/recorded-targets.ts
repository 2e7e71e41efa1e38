import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { targetName } from '../lambda/trail/target-name.ts';
import type { TrailSettings } from './settings.ts';
import { targetAccount, targetId } from './targets.ts';

/** A configured target, with what the stack's account and Region say of it. */
export interface RecordedTarget {
  /** What names it in logical ids. */
  readonly id: string;
  /** What it is called in metrics and alarms; may hold tokens. */
  readonly name: string;
  /** The event's part about it. */
  readonly event: TargetEvent;
}

/** What the recorder reads as `target` of its event; a test holds both to each other. */
export interface TargetEvent {
  readonly account: string;
  readonly region: string;
  readonly roleArn?: string;
  /** Absent: all. */
  readonly endpoints?: readonly string[];
}

/** The targets of a trail, or undefined where none are configured: then the recorder records its own account and Region. */
export function recordedTargets(
  scope: IConstruct,
  { targets }: Pick<TrailSettings, 'targets'>,
): readonly RecordedTarget[] | undefined {
  const own = Stack.of(scope);
  return targets?.map((target) => {
    const { region = own.region, roleArn, endpoints } = target;
    // Of one that the stack turns out not to be in, the recorder refuses the event: nothing else is recorded in its place.
    const account = targetAccount(target) ?? own.account;
    const event = {
      account,
      region,
      ...(roleArn === undefined ? {} : { roleArn }),
      ...(endpoints === 'all' ? {} : { endpoints: [...endpoints] }),
    };
    return { id: targetId(target), name: targetName(event), event };
  });
}
