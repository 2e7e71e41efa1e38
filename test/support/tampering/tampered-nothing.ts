import { DynamoDbEvidence } from '../../../lambda/dynamodb/evidence-reads.ts';
import type { Archive } from '../../../lambda/trail/archive.ts';
import type { Fault } from '../../../verification/findings.ts';
import { collectFindings } from '../../../verification/findings.ts';
import { type VerifyOptions, verifyTrail } from '../../../verification/verify-trail.ts';
import type { RecordedTrail } from '../recording/recorded-trail.ts';

/** What is verified of a trail. */
type VerifiedTrail = Pick<RecordedTrail, 'options' | 'archive' | 'now'> & {
  readonly tables: Pick<RecordedTrail['tables'], 'documents'>;
};

/** Where an untouched trail is verified; by default as the recorder left it. */
export interface UntouchedPlace {
  readonly connectionsTable?: string;
  readonly archive?: Archive;
  readonly archiveOnly?: true;
}

/** What a verification says of a trail that nobody has touched: it must be nothing. */
export async function accusations(
  trail: VerifiedTrail,
  options: Partial<VerifyOptions> = {},
  place: UntouchedPlace = {},
): Promise<readonly Fault[]> {
  const { SNAPSHOTS_TABLE: snapshotsTable, CONNECTIONS_TABLE } = trail.options;
  const tables = { snapshotsTable, connectionsTable: place.connectionsTable ?? CONNECTIONS_TABLE };
  const store = place.archiveOnly ? undefined : new DynamoDbEvidence(trail.tables.documents, tables);
  const findings = collectFindings(() => undefined);
  const archive = place.archive ?? trail.archive;
  await verifyTrail({ store, archive, now: () => trail.now, findings }, { keys: [], ...options });
  return findings.faults;
}
