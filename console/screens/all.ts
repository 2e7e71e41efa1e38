import type { Screen } from '../screen.ts';
import { atScreen } from './at.ts';
import { connectionScreen } from './connection.ts';
import { connectionsScreen } from './connections.ts';
import { accessesScreen } from './evidence/accesses.ts';
import { coverageScreen } from './evidence/coverage.ts';
import { exportedFileScreen, exportScreen } from './evidence/export.ts';
import { verificationScreen } from './evidence/verification.ts';
import { nowScreen } from './now.ts';
import { proofFileScreen } from './proof-file.ts';
import { concurrencyScreen } from './reports/concurrency.ts';
import { findingsScreen } from './reports/findings.ts';
import { reviewScreen } from './reports/review.ts';
import { usageScreen } from './reports/usage.ts';
import { timelineScreen } from './timeline.ts';

/** The screens, in the order of the navigation; `/ui` leads to the first. */
export const SCREENS: readonly Screen[] = [
  nowScreen,
  connectionsScreen,
  connectionScreen,
  proofFileScreen,
  atScreen,
  timelineScreen,
  usageScreen,
  concurrencyScreen,
  reviewScreen,
  findingsScreen,
  coverageScreen,
  verificationScreen,
  exportScreen,
  exportedFileScreen,
  accessesScreen,
];
