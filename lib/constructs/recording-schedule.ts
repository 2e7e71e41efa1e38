import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deliveryQueue } from './delivery-queue.ts';

/** What {@link RecordingSchedule} is made of. */
export interface RecordingScheduleProps {
  readonly recorder: IFunction;
  readonly interval: Duration;
}

/**
 * Attempts after the first to hand an event to Lambda. They are about delivery only, and the event's age ends them
 * anyhow: later than an interval, the next slot says more.
 */
const DELIVERY_RETRIES = 5;

/** The EventBridge schedule that invokes the recorder, with its role and its queue of undelivered events. */
export class RecordingSchedule extends Construct {
  readonly schedule: Schedule;
  /** Receives an event that could not be handed to Lambda. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, { recorder, interval }: RecordingScheduleProps) {
    super(scope, id);
    this.undelivered = deliveryQueue(this, 'Undelivered');
    // A group of its own, because a role can be bound to a group and not to a schedule.
    const group = new ScheduleGroup(this, 'Group');
    // The CDK gives it a fixed name, and retained it would be in the way of the next deployment.
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    this.schedule = new Schedule(this, 'Schedule', {
      description: 'Invokes the recorder of the Client VPN audit trail',
      schedule: ScheduleExpression.rate(interval),
      scheduleGroup: group,
      timeWindow: TimeWindow.off(),
      target: new LambdaInvoke(recorder, {
        // The slot is the scheduled time, the same in every retry and double delivery.
        input: ScheduleTargetInput.fromObject({ slot: ContextAttribute.scheduledTime }),
        deadLetterQueue: this.undelivered,
        maxEventAge: interval,
        retryAttempts: DELIVERY_RETRIES,
        role: this.#role(recorder, group).withoutPolicyUpdates(),
      }),
    });
  }

  #role(recorder: IFunction, group: ScheduleGroup): Role {
    return new Role(this, 'Role', {
      description: 'The schedule of the Client VPN audit trail',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.scheduleGroupArn },
        },
      }),
      managedPolicies: [
        new ManagedPolicy(this, 'Policy', {
          description: 'What the schedule of the Client VPN audit trail may do',
          statements: [
            new PolicyStatement({
              sid: 'InvokeRecorder',
              actions: ['lambda:InvokeFunction'],
              resources: [recorder.functionArn],
            }),
            new PolicyStatement({
              sid: 'ReportUndelivered',
              actions: ['sqs:SendMessage'],
              resources: [this.undelivered.queueArn],
            }),
          ],
        }),
      ],
    });
  }
}
