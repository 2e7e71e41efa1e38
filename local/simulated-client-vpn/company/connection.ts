import type { CompanyEndpoint } from './endpoints.ts';
import type { Person } from './people.ts';
import type { Traffic } from './traffic.ts';

/** When somebody was connected. Whole seconds since 1970; `end` is the first one that is not part of it. */
export interface Period {
  readonly person: Person;
  readonly start: number;
  readonly end: number;
}

/** One connection of the company's history, with its complete data. */
export interface SimulatedConnection extends Period {
  readonly endpoint: CompanyEndpoint;
  readonly connectionId: string;
  /** The place of its client IP in the endpoint's network. */
  readonly host: number;
  readonly traffic: Traffic;
}
