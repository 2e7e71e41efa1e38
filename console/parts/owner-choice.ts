import { html } from 'hono/html';
import { isAskedOwner, ownerOf } from '../../lambda/trail/owner.ts';
import { type NamedEndpoint, severalOwners } from '../../words/endpoint-labels.ts';
import { linkHere, type ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';

/** The accounts and Regions that a page was asked for, as the API calls them. */
export interface GivenOwners {
  readonly account: readonly string[];
  readonly region: readonly string[];
}

/** Reads them from the address. */
export function givenOwners({ search }: Pick<ScreenQuestion, 'search'>): GivenOwners {
  const valuesOf = (name: string) =>
    search
      .getAll(name)
      .map((value) => value.trim())
      .filter((value) => value !== '');
  return { account: valuesOf('account'), region: valuesOf('region') };
}

/** Those of the endpoints that the API answers for: one whose account is not known counts as each one's (ADR 50). */
export function ofOwners<Endpoint extends NamedEndpoint>(
  endpoints: readonly Endpoint[],
  owners: GivenOwners,
): Endpoint[] {
  return endpoints.filter((endpoint) => isAskedOwner(owners, ownerOf(endpoint)) !== 'no');
}

/** The accounts and the Regions that one may choose from: of each, if there are several. */
export function ownersToChoose(endpoints: readonly NamedEndpoint[]): GivenOwners {
  const several = severalOwners(endpoints);
  const all = (member: 'accountId' | 'region') =>
    several[member] ? [...new Set(endpoints.flatMap((one) => ownerOf(one)[member] ?? []))].sort() : [];
  return { account: all('accountId'), region: all('region') };
}

/**
 * Links to the same page of one account or Region alone, where the trail has several.
 *
 * @param endpoints all that the trail has
 */
export function ownerChoice(question: ScreenQuestion, endpoints: readonly NamedEndpoint[]): Html | string {
  const choices = ownersToChoose(endpoints);
  const given = givenOwners(question);
  const lists = (['account', 'region'] as const).flatMap((name) => {
    if (choices[name].length === 0) return [];
    const label = { account: 'Account', region: 'Region' }[name];
    const links = [undefined, ...choices[name]].map((value) => {
      const isCurrent = value === undefined ? given[name].length === 0 : given[name].includes(value);
      const href = linkHere(question, { [name]: value, cursor: undefined });
      const words = value ?? { account: 'all accounts', region: 'all Regions' }[name];
      return html`<li><a href="${href}"${isCurrent ? html` aria-current="true"` : ''}>${words}</a></li>`;
    });
    return [html`<ul class="choices" aria-label="${label}">${links}</ul>`];
  });
  return lists.length === 0 ? '' : html`<nav class="owners" aria-label="Account and Region">${lists}</nav>`;
}
