import type { World } from './truth.ts';

/** What there is in a world, by name. */
export function tallyOf({ lives, attempts }: World): [name: string, count: number][] {
  const count = (isMeant: (attempt: World['attempts'][number]) => unknown) => attempts.filter(isMeant).length;
  const sum = (of: (attempt: World['attempts'][number]) => readonly unknown[]) => attempts.flatMap(of).length;
  const odd = (kind: string) => sum((one) => one.odd.filter((row) => row.kind === kind));
  return [
    ['worlds', 1],
    ['recordings', attempts.length],
    ['connections', lives.length],
    ['changed names or addresses', lives.filter(({ identities }) => identities.length > 1).length],
    ['that failed to terminate', lives.filter(({ failsAt }) => failsAt !== undefined).length],
    ['beginnings never told, or days ahead', lives.filter(({ start }) => start !== 'told').length],
    ['ends never told', lives.filter(({ end }) => end !== 'told').length],
    ['outages of an hour or more', count(({ after }) => after >= 3600)],
    ['recordings throttled or refused', count(({ aws }) => aws !== 'answers')],
    ['wrong Date headers', count(({ dateOff }) => dateOff)],
    ['clocks of the machine set', count(({ machine }) => machine)],
    ['slots ahead', count(({ slotAhead }) => slotAhead)],
    ['wrong empty answers', count(({ empty }) => empty)],
    ['rows that fell between pages', sum(({ hides }) => hides)],
    ['wrong ends', sum(({ ends }) => ends)],
    ['duplicate rows', sum(({ doubles }) => doubles)],
    ['rows of another endpoint', odd('foreign')],
    ['ids too long', odd('long-id')],
    ['rows of 600 KB', odd('huge')],
    ['corrections of counters', count(({ corrects }) => corrects)],
  ];
}
