import type { Screen } from '../screen.ts';
import { nowScreen } from './now.ts';

/** The screens, in the order of the navigation; `/ui` leads to the first. */
export const SCREENS: readonly Screen[] = [nowScreen];
