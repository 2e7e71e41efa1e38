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
}

/**
 * Retries of delivering an event to Lambda. They concern only delivery, and the maximum event age also ends them: the
 * next scheduled event does what is missing.
 */
const DELIVERY_RETRIES = 5;

/** An EventBridge schedule that invokes a function, with its role and its queue of undelivered events. */
export class FunctionSchedule extends Construct {
  readonly schedule: Schedule;
  /** Receives an event that could not be handed to Lambda. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: FunctionScheduleProps) {
    super(scope, id);
    this.undelivered = deliveryQueue(this, 'Undelivered');
    // A group of its own, because a role can be bound to a group and not to a schedule.
    const group = new ScheduleGroup(this, 'Group');
    // The CDK gives it a fixed name, and retained it would be in the way of the next deployment.
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    this.schedule = new Schedule(this, 'Schedule', {
      description: `Invokes ${props.of} of the Client VPN audit trail`,
      schedule: props.when,
      scheduleGroup: group,
      timeWindow: TimeWindow.off(),
      target: new LambdaInvoke(props.target, {
        input: ScheduleTargetInput.fromObject({ [props.timeMember]: ContextAttribute.scheduledTime }),
        deadLetterQueue: this.undelivered,
        maxEventAge: props.maxEventAge,
        retryAttempts: DELIVERY_RETRIES,
        role: this.#role(props, group).withoutPolicyUpdates(),
      }),
    });
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
