import { AsyncLocalStorage } from 'node:async_hooks';
import type { fromNodeProviderChain } from '@aws-sdk/credential-providers';

/**
 * Asks the person who runs the command for a line.
 *
 * @throws the signal's reason
 */
export type AskPerson = (question: string, signal: AbortSignal) => Promise<string>;

type Provider = ReturnType<typeof fromNodeProviderChain>;

interface Run {
  readonly ask: AskPerson | undefined;
  readonly providers: Map<string | undefined, Provider>;
}

/** Clients are made in many places, of which few know the terminal. */
const runs = new AsyncLocalStorage<Run>();

/**
 * Does the work of one run of the command: its clients share credentials, and the person is asked for what they need.
 *
 * @param ask - absent where there is no terminal
 */
export function withPerson<T>(ask: AskPerson | undefined, work: () => Promise<T>): Promise<T> {
  return runs.run({ ask, providers: new Map() }, work);
}

/** The provider of a profile in this run of the command, which is made once. */
export function sharedByTheCommand(profile: string | undefined, make: () => Provider): Provider {
  const providers = runs.getStore()?.providers;
  const provider = providers?.get(profile) ?? make();
  providers?.set(profile, provider);
  return provider;
}

/** What asks the person in this run of the command; undefined where nobody is there to answer. */
export const personToAsk = (): AskPerson | undefined => runs.getStore()?.ask;
