import { html } from 'hono/html';
import { linkTo, type ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';

const PLACES = [
  ['/ui/evidence', 'What is proven'],
  ['/ui/evidence/verification', 'Verification'],
  ['/ui/evidence/export', 'Export'],
  ['/ui/evidence/accesses', 'Who read the trail'],
] as const;

/** The parts of the evidence. */
export function evidenceNav(question: ScreenQuestion): Html {
  const items = PLACES.map(
    ([path, words]) =>
      html`<li><a href="${linkTo(question, path)}"${path === question.path ? html` aria-current="page"` : ''}>${words}</a></li>`,
  );
  return html`<nav class="steps" aria-label="Evidence"><ul>${items}</ul></nav>`;
}
