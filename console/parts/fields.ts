import { html } from 'hono/html';
import { readTime, type TimeRole } from '../../lambda/trail/read-time.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import { DEFAULT_ZONE } from '../../lambda/trail/time-zone.ts';
import { pairsOf, type ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';
import { givenOwners } from './owner-choice.ts';

/** A field of a form, as it was filled in. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  /** What was expected instead of the value: the end of the sentence "Expected …". */
  readonly wrong?: string | undefined;
  /** The field that `/` leads to. */
  readonly isFirst?: boolean;
}

/**
 * A form whose answer has its own address: what is asked for is in it, and so are the zone, and the accounts and Regions.
 *
 * @param ask - the words of its button
 * @param more - other fields, before it
 */
export function questionForm(
  question: ScreenQuestion,
  fields: readonly Field[],
  ask: string,
  more: Html | string = '',
): Html {
  const zone = question.zone === DEFAULT_ZONE ? [] : [['tz', question.zone] as const];
  const kept = [...zone, ...pairsOf({ ...givenOwners(question) })];
  return html`<form class="question" method="get" action="${question.path}">${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${fields.map(showField)}
${more}<button type="submit">${ask}</button>
</form>`;
}

/** A field with its label, and what is wrong with it. */
export function showField({ name, label, value, placeholder = '', wrong, isFirst }: Field): Html {
  const id = `field-${name}`;
  const isWrong = wrong === undefined ? '' : html` aria-invalid="true" aria-describedby="${id}-wrong"`;
  return html`<div class="field"><label for="${id}">${label}</label>
<input id="${id}" name="${name}" value="${value}" placeholder="${placeholder}" autocomplete="off" autocapitalize="off" spellcheck="false"${isFirst ? html` data-search` : ''}${isWrong}>
${wrong === undefined ? '' : html`<p class="wrong" id="${id}-wrong">Expected ${wrong}.</p>`}</div>`;
}

/** A text of the address. */
export function givenText({ search }: ScreenQuestion, name: string): string {
  return search.get(name)?.trim() ?? '';
}

/** A time of the address, as it was written. */
export interface GivenTime {
  readonly text: string;
  readonly instant?: Instant;
  readonly wrong?: string;
}

/** Reads a time of the address as the command does, in the page's zone; what is not given is nothing. */
export function givenTime(question: ScreenQuestion, role: TimeRole, otherwise = ''): GivenTime {
  const text = givenText(question, role) || otherwise;
  if (text === '') return { text };
  const read = readTime(text, role, { now: new Date(question.now), zone: question.zone });
  return 'instant' in read ? { text, instant: read.instant } : { text, wrong: read.expected };
}

/** Reads the window of the address. */
export function givenWindow(
  question: ScreenQuestion,
  otherwise = '',
): { readonly since: GivenTime; readonly until: GivenTime } {
  const [since, until] = [givenTime(question, 'since', otherwise), givenTime(question, 'until')];
  if (since.instant === undefined || until.instant === undefined || since.instant <= until.instant)
    return { since, until };
  return { since, until: { text: until.text, wrong: `a time that is not before ${since.instant}` } };
}
