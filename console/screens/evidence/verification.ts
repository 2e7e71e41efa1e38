import { html } from 'hono/html';
import { parseVerifierKey } from '../../../lambda/trail/signed-note.ts';
import { quoteForShell } from '../../../words/command-line.ts';
import { evidenceNav } from '../../parts/evidence-nav.ts';
import { showField } from '../../parts/fields.ts';
import { jobTimes, jobUnderWay, LOOK_AGAIN_SECONDS } from '../../parts/job-progress.ts';
import type { JobState, ScreenPorts } from '../../ports.ts';
import { linkHere, type ScreenQuestion } from '../../question.ts';
import { type Html, leadTo, type Page, type Screen } from '../../screen.ts';

/** Exit codes of `cvpn-audit verify` that are verdicts. */
const [PROVEN, NOT_PROVEN] = [0, 3];

/** `/ui/evidence/verification`: proves the trail, or prints the command that does. */
export const verificationScreen: Screen = {
  path: '/ui/evidence/verification',
  section: 'Evidence',
  show: async (ports, question) => verificationPage(ports, question),
  submit: async (ports, question, form) => {
    const given = form.get('key');
    const key = typeof given === 'string' ? given.trim() : '';
    if (key !== '' && !isPublicKey(key)) return { ...verificationPage(ports, question, key), status: 400 };
    ports.verification?.start(key === '' ? [] : [`--key=${key}`]);
    return leadTo(linkHere(question, {}));
  },
};

/** @param wrongKey what was given for a key, and is none */
function verificationPage(ports: ScreenPorts, question: ScreenQuestion, wrongKey?: string): Page {
  const state = ports.verification?.state();
  const isUnderWay = state !== undefined && state.ended === undefined;
  return {
    title: 'Verification',
    heading: 'Verification',
    asked:
      'Every snapshot against its signature and the archive, every chunk against its hash, every connection against the log',
    body: html`${evidenceNav(question)}
${state === undefined ? '' : isUnderWay ? jobUnderWay(question, 'A verification', state) : verdict(question, state)}
${ports.verification === undefined ? byHand(ports, question) : isUnderWay ? '' : startForm(question, state !== undefined, wrongKey)}`,
    refreshAfterSeconds: isUnderWay ? LOOK_AGAIN_SECONDS : undefined,
  };
}

/** As the command's `--key` takes it, but for the name of a file: a page names none. */
function isPublicKey(text: string): boolean {
  const raw = Buffer.from(text, 'base64');
  if (raw.length === 32 && raw.toString('base64') === text) return true;
  try {
    return parseVerifierKey(text).publicKey.length === 32;
  } catch {
    return false;
  }
}

/** The verdict by its word, its mark and its frame, and all that the command said. */
function verdict(question: ScreenQuestion, state: JobState): Html {
  const { code, out = '', said = '' } = state.ended ?? {};
  const [kind, words, meaning] =
    code === PROVEN
      ? [
          'certain',
          'Proven',
          'This is what was recorded and signed. What that rests on, and what it does not prove, is below.',
        ]
      : code === NOT_PROVEN
        ? [
            'unknown',
            'Not proven',
            'Something is not as it was recorded and signed. Each fault is named below, with its place.',
          ]
        : [
            'unknown',
            'No verdict',
            'The verification could not be done; that says nothing of the trail. Why is below.',
          ];
  return html`<section class="holder ${kind}" aria-label="${words}"><p class="verdict">${words}</p><p>${meaning}</p>${jobTimes(question, state)}</section>
<section><h2>Its words</h2><pre class="code" tabindex="0">${out === '' ? said : out}</pre></section>`;
}

function startForm(question: ScreenQuestion, isAgain: boolean, wrongKey: string | undefined): Html {
  const wrong =
    wrongKey === undefined
      ? undefined
      : 'a public key as base64, as the trail gives it, or a verifier key (name+hex+base64)';
  const label = 'Public key that must have signed';
  return html`<form method="post" action="${linkHere(question, {})}" class="question">
${showField({ name: 'key', label, value: wrongKey ?? '', placeholder: "the archive's own", wrong })}
<button type="submit">${isAgain ? 'Verify again' : 'Verify the trail'}</button>
</form>
<p class="muted">It reads the whole trail beside the recordings, as <code>cvpn-audit verify</code> does: seconds for a small one, minutes for a large one. One runs at a time. A key that you keep elsewhere proves more than the archive's own. The command also takes a file with a key, and checkpoints that you kept.</p>`;
}

function byHand(ports: ScreenPorts, question: ScreenQuestion): Html {
  // It needs tables and archive: the address of an API does not name them.
  const options = ports.commandOptions(question.origin);
  const where = options.includes('--stack') ? options : ['--stack', 'NAME'];
  const command = ['cvpn-audit', 'verify', ...where].map(quoteForShell).join(' ');
  return html`<section class="state"><h2>Verify it with the command</h2>
<p>A verification reads tables and archive by itself, with credentials that may; it takes no word of the API for it.</p>
<pre class="code" tabindex="0" id="verify-command">${command}</pre>
<p><button type="button" class="quiet" data-copy="verify-command" hidden>Copy</button></p>
<p class="muted">With <code>--key</code> it names the key that must have signed, with <code>--since-checkpoint</code> checkpoints that you kept.</p></section>`;
}
