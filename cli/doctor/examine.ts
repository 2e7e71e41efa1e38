import { toError } from '../../lambda/trail/to-error.ts';
import { untilAborted } from '../../lambda/until-aborted.ts';
import { printable } from '../../words/printable.ts';
import type { Check, Examination, Finding, NotChecked } from './finding.ts';

/** Time of one check: AWS's clients try again for some of it. */
export const LONGEST_CHECK_MILLISECONDS = 60_000;

interface ExaminePorts {
  /** A signal that aborts after so many milliseconds. */
  readonly timeout: (milliseconds: number) => AbortSignal;
  /** Called before each check with its name, and how many are done. */
  readonly onCheck: (name: string, done: number) => void;
}

/** Makes the checks one after the other; one that fails is not checked, and stops no other (ADR 51). */
export async function examine(checks: readonly Check[], { timeout, onCheck }: ExaminePorts): Promise<Examination> {
  const findings: Finding[] = [];
  const notChecked: NotChecked[] = [];
  for (const [done, { name, needs, look }] of checks.entries()) {
    onCheck(name, done);
    const notes = {
      found: (finding: Omit<Finding, 'check'>) => findings.push({ check: name, ...finding }),
      notChecked: (why: string, subject?: string) =>
        notChecked.push({ check: name, ...(subject === undefined ? {} : { subject }), why }),
    };
    try {
      await untilAborted(look(notes), timeout(LONGEST_CHECK_MILLISECONDS), noAnswer);
    } catch (error) {
      notes.notChecked(whyNot(error, needs));
    }
  }
  const said = new Set([...findings, ...notChecked].map(({ check }) => check));
  return { findings, notChecked, fine: checks.map(({ name }) => name).filter((name) => !said.has(name)) };
}

const noAnswer = () => new Error(`no answer within ${LONGEST_CHECK_MILLISECONDS / 1000} s`);

const REFUSED = /AccessDenied|Unauthorized|NotAuthorized|AuthorizationError/;

/** Services name the action that they refuse in their own words, and not all of them do. */
const REFUSED_ACTION = /not authorized to perform: ([\w-]+:\w+)/;

/**
 * Why a check could not be made, in words.
 *
 * @param needs - the actions that it needs
 */
export function whyNot(error: unknown, needs: string): string {
  const { name, message } = toError(error);
  const { httpStatusCode } = Object(Object(error).$metadata) as { httpStatusCode?: number };
  if (REFUSED.test(name) || httpStatusCode === 403) return `needs ${REFUSED_ACTION.exec(message)?.[1] ?? needs}`;
  const { code } = Object(error) as { code?: unknown };
  return printable(`it failed (${[typeof code === 'string' ? code : name, message].filter(Boolean).join(': ')})`);
}
