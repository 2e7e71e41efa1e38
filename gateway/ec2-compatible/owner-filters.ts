import { type Ask, askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { type EndpointAnswer, endpointsAnswer } from '../../lambda/query/schemas/trail.ts';
import { ACCOUNT_ID, type Owner, ownerOf, REGION_NAME } from '../../lambda/trail/owner.ts';
import { invalidValue } from '../ec2-query-protocol/ec2-error.ts';
import type { Filter } from '../ec2-query-protocol/filters.ts';

/** What each filter by owner looks at, and what a value without wildcards must be. AWS has none: its API is one account's and Region's. */
const FILTERS: Readonly<Record<string, { of: (owner: Owner) => string | undefined; form: RegExp; expected: string }>> =
  {
    account: { of: ({ accountId }) => accountId, form: ACCOUNT_ID, expected: 'an account id of 12 digits' },
    region: { of: ({ region }) => region, form: REGION_NAME, expected: 'a Region like eu-central-1' },
  };

/** The filters by account and Region. */
export const OWNER_FILTERS: readonly string[] = Object.keys(FILTERS);

/**
 * Makes a test of whether an endpoint passes the filters by account and Region; undefined if there are none. One whose account is not
 * known passes each of them (ADR 50).
 * @throws Ec2Error InvalidParameterValue for a value that is no account or Region
 */
export function ownerFilter(filters: readonly Filter[]): ((endpoint: EndpointAnswer) => boolean) | undefined {
  const tests = filters.flatMap(({ name, values }) => {
    const { of, form, expected } = FILTERS[name] ?? {};
    if (!of) return [];
    const wrong = values.find(({ literal }) => literal !== undefined && !form?.test(literal))?.literal;
    if (wrong !== undefined) throw invalidValue(name, wrong, `Expecting ${expected}.`);
    return [
      (owner: Owner) => {
        const text = of(owner);
        return text === undefined || values.some(({ matches }) => matches(text));
      },
    ];
  });
  if (tests.length === 0) return undefined;
  return ({ accountId, region }) => tests.every((passes) => passes(ownerOf({ accountId, region })));
}

/**
 * Whether an endpoint passes them: all of its connections do, or none.
 * @throws Ec2Error, TrailRefusal
 */
export async function passesOwners(endpointId: string, filters: readonly Filter[], ask: Ask): Promise<boolean> {
  const passes = ownerFilter(filters);
  if (!passes) return true;
  const question = new URLSearchParams({ endpoint: endpointId });
  const { endpoints } = await askTrail(ask, `/endpoints?${question.toString()}`, endpointsAnswer);
  return endpoints.every((endpoint) => endpoint.endpointId !== endpointId || passes(endpoint));
}
