import type { Allowance } from './judge.ts';
import type { RehearsedStack } from './rehearsed-stack.ts';

/** Whose policies were judged: of a stack, or of what another account has deployed. */
type Judged = Pick<RehearsedStack, 'judge'>;

/** What the stacks' policies allow, each once, and the events of all stacks that needed it. */
export function gatherNeeds(
  stacks: readonly Judged[],
): Map<string, { holder: string; text: string; events: Set<string> }> {
  const needs = new Map<string, { holder: string; text: string; events: Set<string> }>();
  for (const [{ holder, text }, events] of stacks.flatMap(({ judge }) => [...judge.allowances])) {
    const known = needs.get(keyOf({ holder, text })) ?? { holder, text, events: new Set() };
    needs.set(keyOf({ holder, text }), { ...known, events: known.events.union(events) });
  }
  return needs;
}

/** `RecorderRole: s3:GetObject on ArchiveBucket/keys/*` */
export const keyOf = ({ holder, text }: Allowance): string => `${nameOf(holder)}: ${text.replace('Allow ', '')}`;

const nameOf = (id: string): string => id.replace(/^AuditTrail|[0-9A-F]{8}$/g, '');

/**
 * The page of what each role may do and which events needed it.
 *
 * @param reasons why there is what no event needed, by {@link keyOf}
 */
export function permissionsPage(stacks: readonly Judged[], reasons: Readonly<Record<string, string>>): string {
  const needs = [...gatherNeeds(stacks)];
  const inOrder = [...new Set(stacks.flatMap(({ judge }) => [...judge.events]))];
  const holders = [...new Set(needs.map(([, { holder }]) => holder))];
  const sections = holders.map((holder) => {
    const own = needs.filter(([, need]) => need.holder === holder);
    const all = inOrder.filter((event) => own.some(([, { events }]) => events.has(event)));
    const rows = own.map(([key, { text, events }]) => {
      const [, action, resource, condition] = /^Allow (\S+) on (.*?)(?: if (.*))?$/.exec(text) ?? [];
      const on = `\`${resource}\`${condition === undefined ? '' : `, if \`${condition}\``}`;
      return `| \`${action}\` | ${on} | ${events.size === 0 ? `nothing here: ${reasons[key]}` : inWords(events, all)} |`;
    });
    return `## ${nameOf(holder)}\n\nEvents: ${all.join(', ')}.\n\n| may | on | needed by |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${HEAD}\n${sections.join('\n')}`;
}

function inWords(events: ReadonlySet<string>, all: readonly string[]): string {
  const others = all.filter((event) => !events.has(event));
  if (others.length === 0) return 'all';
  if (others.length < events.size) return `all but ${others.join(', ')}`;
  return all.filter((event) => events.has(event)).join(', ');
}

const HEAD = `# Who may do what, and what for

Made by the rehearsal of the deployment (\`test/integration/rehearsal.test.ts\`), which fails where this page is not what it saw; \`npx vitest run test/integration/rehearsal.test.ts -u\` makes it anew.
The rehearsal takes the synthesized templates, runs the bundles that they deploy with the events that come to them, and has every call judged by an evaluation of the role's policies in the template, and of bucket, key and queue policies.
What is not allowed is refused as AWS refuses it. So nothing is missing here that an event needs, and what no event needs has a reason.

Resources are named as in the template, without the stack's construct and hash. "all": each of the events of the section. Stacks: the default one; one with a customer-managed key and a retention; one with an archive in another account and one named endpoint; one with a target in another account, which deploys \`ReaderRole\`.
`;
