import { ConfigError, parseConfig } from '../../lib/config.ts';

/** The message with which a configuration is refused. */
export function refusal(given: Record<string, unknown>): string {
  try {
    parseConfig(given);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.message;
    }
    throw error;
  }
  return 'accepted';
}
