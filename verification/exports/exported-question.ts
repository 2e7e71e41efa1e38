import { FILTERS } from '../../lambda/query/parameters/definitions.ts';
import type { Filters, MatchWindow } from '../../lambda/query/search/matching.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import type { AskedOwners } from '../../lambda/trail/owner.ts';

/** Whether it asks for what is so by the newest snapshot, and not for what was so in the window: a status is that of now. */
export const isOfNow = (question: ExportManifest['question']): boolean => (question.status ?? []).length > 0;

/** The window of an export. */
export function windowOf({ window }: ExportManifest): MatchWindow {
  const { match } = window;
  return { ...window, match: match === 'started' || match === 'ended' ? match : 'overlap' };
}

/** The filters of an export. */
export function filtersOf(question: ExportManifest['question']): Filters {
  return Object.fromEntries(FILTERS.map((name) => [name, question[name] ?? []])) as unknown as Filters;
}

/** The accounts and Regions that an export was asked for. */
export const ownersOf = ({ account, region }: ExportManifest['question']): AskedOwners => ({ account, region });
