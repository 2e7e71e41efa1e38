import type { RecorderOptions } from '../../../lambda/recorder/recorder.ts';

/** A recorder's settings as a small deployment has them. */
export const RECORDER_OPTIONS: RecorderOptions = {
  SNAPSHOTS_TABLE: 'Snapshots',
  CONNECTIONS_TABLE: 'Connections',
  ENDPOINTS: 'all',
  INTERVAL_MINUTES: 5,
  PAGE_SIZE: 1000,
  EPSILON_SECONDS: 120,
  RETENTION: 'forever',
  REGION: 'eu-central-1',
};

/** The environment of a recorder with such tables, as Lambda gives it. */
export function environmentOf({ SNAPSHOTS_TABLE, CONNECTIONS_TABLE }: RecorderOptions): NodeJS.ProcessEnv {
  return {
    SNAPSHOTS_TABLE,
    CONNECTIONS_TABLE,
    ENDPOINTS: 'all',
    INTERVAL_MINUTES: '5',
    PAGE_SIZE: '1000',
    EPSILON_SECONDS: '120',
    RETENTION: 'forever',
    ACCOUNT_ID: '123456789012',
    ARCHIVE_BUCKET: 'archive',
    SIGNING_KEY: 'key',
    AWS_REGION: 'eu-central-1',
  };
}
