import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  Schedule,
  type ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deliveryQueue } from './delivery-queue.ts';
import { allow } from './store-permissions.ts';

/** What {@link FunctionSchedule} is made of. */
export interface FunctionScheduleProps {
  readonly target: IFunction;
  readonly when: ScheduleExpression;
  /** The member of the event with the scheduled time, the same in every retry and duplicate delivery. */
  readonly timeMember: string;
  /** Older events are not delivered. */
  readonly maxEventAge: Duration;
  /** Whose schedule it is, for descriptions: "the recorder". */
  readonly of: string;
  /** One schedule for each, by its id in the construct; without any, one with the time alone. */
  readonly events?: Readonly<Record<string, ScheduledEvent>>;
}

/** What one of several schedules of a function is for. */
export interface ScheduledEvent {
  /** Whose, for its description: "the recorder of 111122223333/eu-west-1". */
  readonly of: string;
  /** What the event has beside the time. */
  readonly more: Readonly<Record<string, unknown>>;
}

/**
 * Retries of delivering an event to Lambda. They concern only delivery, and the maximum event age also ends them: the
 * next scheduled event does what is missing.
 */
const DELIVERY_RETRIES = 5;

/** EventBridge schedules that invoke a function, in one group, with their role and their queue of undelivered events. */
export class FunctionSchedule extends Construct {
  readonly schedules: readonly Schedule[];
  /** Receives an event that could not be handed to Lambda. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: FunctionScheduleProps) {
    super(scope, id);
    this.undelivered = deliveryQueue(this, 'Undelivered');
    // A group of its own, because a role can be bound to a group and not to a schedule.
    const group = new ScheduleGroup(this, 'Group');
    // The CDK gives it a fixed name, and retained it would be in the way of the next deployment.
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    const role = this.#role(props, group).withoutPolicyUpdates();
    const { of, events = { Schedule: { of, more: {} } } } = props;
    this.schedules = Object.entries(events).map(
      ([name, event]) =>
        new Schedule(this, name, {
          description: `Invokes ${event.of} of the Client VPN audit trail`,
          schedule: props.when,
          scheduleGroup: group,
          timeWindow: TimeWindow.off(),
          target: new LambdaInvoke(props.target, {
            input: ScheduleTargetInput.fromObject({
              [props.timeMember]: ContextAttribute.scheduledTime,
              ...event.more,
            }),
            deadLetterQueue: this.undelivered,
            maxEventAge: props.maxEventAge,
            retryAttempts: DELIVERY_RETRIES,
            role,
          }),
        }),
    );
  }

  #role({ target, of }: FunctionScheduleProps, group: ScheduleGroup): Role {
    return new Role(this, 'Role', {
      description: `The schedule of ${of} of the Client VPN audit trail`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.scheduleGroupArn },
        },
      }),
      managedPolicies: [
        new ManagedPolicy(this, 'Policy', {
          description: `What the schedule of ${of} of the Client VPN audit trail may do`,
          statements: [
            allow('InvokeFunction', ['lambda:InvokeFunction'], [target.functionArn]),
            allow('ReportUndelivered', ['sqs:SendMessage'], [this.undelivered.queueArn]),
          ],
        }),
      ],
    });
  }
}
