import { DAY_SECONDS } from '../../../lambda/trail/time.ts';
import type { SimulatedConnection } from './connection.ts';
import { simulatedConnection } from './days.ts';
import { machine } from './people.ts';
import type { Company } from './plans.ts';
import { randomness } from './randomness.ts';

const MINUTE = 60;
/** A service account stays connected for so many days, until a maintenance window. */
const CYCLE = 6 * DAY_SECONDS;

/** Each has an address of its own, below those that everybody else shares. */
const FIRST_HOST = 10;

const ACCOUNTS = ['svc-backup-replication.corp.example', 'svc-metrics-relay.corp.example'];

/** The accounts take turns, half a cycle apart, in the small hours. */
function beginOf(seed: number, account: number, cycle: number): number {
  const window = 3 * 60 * MINUTE + randomness('maintenance', seed, account, cycle).whole(0, 40 * MINUTE);
  return cycle * CYCLE + (account * CYCLE) / ACCOUNTS.length + window;
}

/**
 * The connections that last for days, as they could be listed around an instant. Nothing AWS says rules them out, and
 * at every instant at least one of them is older than 24 hours.
 * @param at - seconds since 1970.
 */
export function serviceConnections(company: Company, at: number): readonly SimulatedConnection[] {
  const current = Math.floor(at / CYCLE);
  return ACCOUNTS.flatMap((commonName, account) => {
    const person = machine(company.people.length + account, commonName, false);
    return [current - 1, current].map((cycle) => {
      const start = beginOf(company.seed, account, cycle);
      const end = beginOf(company.seed, account, cycle + 1) - 4 * MINUTE;
      return simulatedConnection(
        company.seed,
        company.endpoints.engineering,
        { person, start, end },
        FIRST_HOST + account,
      );
    });
  });
}
