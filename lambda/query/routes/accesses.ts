import { type Access, accessKey } from '../../dynamodb/access-log.ts';
import { addSeconds, DAY_SECONDS, type Instant, toInstant } from '../../trail/time.ts';
import { readCursor } from '../cursor.ts';
import { answerList } from '../list-answer.ts';
import { cursor, limit, since, until } from '../parameters/definitions.ts';
import { checkWindow } from '../parameters/window.ts';
import { DEFAULT_LIMIT } from './connections.ts';
import { defineRoute } from './route.ts';

/** Without `since` the last week is read. */
const DEFAULT_DAYS = 7;
/** A day is a partition and costs a request; an answer reads no more days than this. */
const MOST_DAYS = 400;

/** `GET /accesses`: who asked the trail what. */
export const accessesRoute = defineRoute({
  path: '/accesses',
  summary: 'Who read the trail, newest first; of the last 7 days unless told otherwise',
  parameters: { since, until, limit, cursor },
  answerQuestion: async (ports, question) => {
    const { given, path, search } = question;
    const to = given.until ?? toInstant(ports.now());
    const from = given.since ?? addSeconds(to, -DEFAULT_DAYS * DAY_SECONDS);
    checkWindow(from, to);
    const rows = given.limit ?? DEFAULT_LIMIT;
    const place = given.cursor === undefined ? undefined : readCursor(path, search, given.cursor);
    const accesses: Access[] = [];
    let before: string | undefined = place?.before ?? `${to}~`;
    let days = 0;
    while (before !== undefined && before > from && accesses.length < rows && days < MOST_DAYS) {
      const day = before.slice(0, 10);
      const page = await ports.accesses.readDay(day, from, before, rows - accesses.length);
      accesses.push(...page.accesses);
      const last = page.accesses.at(-1);
      before = page.more && last ? accessKey(last.at, last.requestId) : endOfDayBefore(day, from);
      days += 1;
    }
    return answerList(question, {
      name: 'accesses',
      rows: accesses,
      placeOf: ({ at, requestId }) => accessKey(at, requestId),
      before: before !== undefined && before > from ? before : undefined,
      rest: () => ({ window: { since: from, until: to } }),
    });
  },
});

/** Sorts after every key of the day before, if that is in the window. */
function endOfDayBefore(day: string, from: Instant): string | undefined {
  return day > from.slice(0, 10) ? `${addSeconds(`${day}T00:00:00Z`, -1)}~` : undefined;
}
