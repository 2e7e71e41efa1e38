/** What each alarm says to whoever gets it: what happened, what it means, what to do. At most 1,024 characters each. */

export const snapshotTooOld = (minutes: number, target?: string) => {
  const [whose, nothing, ofTarget] =
    target === undefined ? ['', '', ''] : [` of ${target}`, ' of it', `, by the target ${target}`];
  return `An endpoint${whose} has had no snapshot for more than ${minutes} minutes, or the recorder reports nothing${nothing}. AWS forgets a connection 60 minutes after its end. See the recorder's log for the endpoint and the reason${ofTarget}.`;
};

export const notInvoked = (minutes: number) =>
  `The recorder has not been invoked for ${minutes} minutes: nothing is recorded, and AWS forgets a connection 60 minutes after its end. See whether the schedule is enabled, the queue of undelivered events, and whether Lambda throttles the function.`;

export const recorderErrors =
  "A run of the recorder failed: at least one endpoint was not recorded, or was recorded and its checkpoint could not be signed or archived, or its connections not projected, in that attempt. Two retries follow and do only what is missing. If the alarm stays or comes back, see the recorder's log for the reason; where it says that store and archive disagree, run cvpn-audit verify.";

export const undelivered =
  'EventBridge Scheduler could not hand an event to the recorder; the message says why. That recording was missed; the next one makes it good if it comes within 60 minutes. Delete the messages when the cause is mended.';

export const failedRecordings =
  'A recording failed in all its attempts; the message holds the error. If one succeeds within 60 minutes, nothing is lost. Delete the messages when the cause is mended.';

export const rowsUnparsed =
  'AWS answered rows that the recorder could not read in full. They are kept as they came and nothing is lost, but connections in the projection may lack a field. AWS may have changed its format: look for a newer version.';

export const writesThrottled =
  "DynamoDB throttled a write of the trail. The recorder retries, and the next run does what is missing. Expected while the first thousands of connections are written to a new table; otherwise see the account's quotas for DynamoDB.";

export const readsThrottled =
  "DynamoDB throttled a read of the trail, by the recorder or by a question. Both retry; the recorder's next run does what is missing, and a question that failed can be asked again. If it comes back, see who asks (the API's access log), and the account's quotas for DynamoDB.";

export const queryErrors =
  "The query function failed or ran out of time: a question got an error for an answer. Recording goes on. See the function's log for the reason; a question that takes too long may be answered over a shorter time.";

export const queryThrottled =
  "Lambda throttled the query function: questions are refused because the account's concurrency in this Region is used up. The recorder shares it, so recording may stop too. See which function uses it, and the account's quota.";

export const apiServerErrors =
  "The API answered a question with a status of 500 or more. 503: the question could not be noted in the Accesses table, and without that no answer leaves. See the API's access log for the status and the request id, then the query function's log.";

export const accessesThrottled =
  "DynamoDB throttled the Accesses table. While it cannot be noted who asks, answers are refused with 503; recording goes on. See who asks so much (the API's access log), and the account's quotas for DynamoDB.";

export const exportErrors =
  "The export function failed: a day was not exported, or an export that somebody made could not be signed. Recording goes on, and the next run exports what is missing. See the function's log for the reason.";

export const failedExports =
  'The daily export failed in all its attempts, or was not delivered; the message says why. The next run exports the missing days too. Delete the messages when the cause is mended.';

export const exportNotInvoked =
  'The daily export has not run for a day. Nothing is lost: the next run exports all days that are missing. See whether the schedule is enabled, and whether Lambda throttles the function.';
