import { exactDuration, showDuration } from '../../words/amounts.ts';
import { within } from '../span.ts';
import { type Finding, finding, type RuleKind } from './rule.ts';

const NAME = 'long-session';

/**
 * A connection that lasts very long. An endpoint's session timeout is 24 hours at most (EC2 API reference, CreateClientVpnEndpoint), after
 * which a client must connect again.
 */
export const longSessions: RuleKind = {
  name: NAME,
  words: ({ longerThan }) => `a connection that lasts longer than ${exactDuration(longerThan)}`,
  begin: ({ thresholds: { longerThan }, window }) => {
    const found: Finding[] = [];
    return {
      add({ person, span: { lasted, possible }, connection: { connectionId } }) {
        if (!within(possible, window)) return;
        const [surely, possibly] = [lasted, possible].map(([from, to]) => to - from) as [number, number];
        const isOpen = !Number.isFinite(possibly);
        if (surely <= longerThan && (isOpen || possibly <= longerThan)) return;
        const isSure = surely > longerThan;
        const says = isSure
          ? `lasted ${showDuration(surely)}${isOpen ? ', and goes on as far as is known' : ''}`
          : `lasted between ${showDuration(surely)} and ${showDuration(possibly)}`;
        found.push(
          finding({ rule: NAME, person, says }, isSure ? lasted : possible, [connectionId], { possible: !isSure }),
        );
      },
      end: () => found,
    };
  },
};
