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
