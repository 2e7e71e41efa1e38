import { Command } from 'commander';
import type { Surroundings } from '../surroundings.ts';
import { concurrencyReportCommand } from './concurrency.ts';
import { findingsReportCommand } from './findings.ts';
import { reviewReportCommand } from './review.ts';
import { usageReportCommand } from './usage.ts';

/** `cvpn-audit report`: what connections add up to. */
export function reportCommand(surroundings: Surroundings): Command {
  return new Command('report')
    .description('what the connections of a window add up to')
    .addCommand(usageReportCommand(surroundings))
    .addCommand(concurrencyReportCommand(surroundings))
    .addCommand(reviewReportCommand(surroundings))
    .addCommand(findingsReportCommand(surroundings));
}
