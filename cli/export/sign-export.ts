import { basename } from 'node:path';
import { EXPORTS_PATH, type ExportRequest } from '../../lambda/export/request.ts';
import { type ExportManifest, openManifest, type SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { NoteRefused } from '../../lambda/trail/signed-note.ts';
import { earlier, type Instant } from '../../lambda/trail/time.ts';
import manifest from '../../package.json' with { type: 'json' };
import { isOfNow } from '../../verification/exports/exported-question.ts';
import { signedManifest } from '../../verification/exports/read-manifest.ts';
import { ApiFailure } from '../api/api-failure.ts';
import type { Api } from '../api/client.ts';
import type { GatheredEvidence } from './evidence/gather.ts';
import type { ExportState } from './export-state.ts';
import type { WrittenFile } from './write-format.ts';

interface MadeExport {
  readonly file: string;
  readonly format: ExportRequest['format'];
  readonly written: WrittenFile;
  readonly state: ExportState;
  readonly evidence?: GatheredEvidence | undefined;
  readonly beside?: SignedManifest['manifest']['beside'];
}

/**
 * Has the manifest of an export signed by the trail.
 *
 * @throws errors of the request; ApiFailure if something else was signed
 */
export async function askSignature(api: Api, made: MadeExport): Promise<SignedManifest> {
  const { state, written, file, format, evidence } = made;
  const name = basename(file);
  const request: ExportRequest = {
    question: { ...state.question, match: [state.match] },
    format,
    files: [{ name, ...written }],
    rows: state.rows,
    ...(evidence ? { checkpoints: [...evidence.checkpoints], evidence: evidence.ranges.map(toRange) } : {}),
    ...(made.beside ? { beside: [...made.beside] } : {}),
    exporter: manifest.version,
  };
  const signed = (await api.send([EXPORTS_PATH.slice(1)], request, signedManifest)) as unknown as SignedManifest;
  checkSigned(signed, name, written);
  return signed;
}

/**
 * Whether rows and evidence are as new as the signed coverage says: it is that of the time of the signature. For a window that was
 * proven when the rows were read they are. A status is that of the newest snapshot, so there the whole log counts.
 */
export function isAsSigned(
  { window, coverage, question }: ExportManifest,
  { state, evidence }: Pick<MadeExport, 'state' | 'evidence'>,
): boolean {
  const [read, proven] = [state.coverage, evidence?.pendingSince];
  const claimed = earlier(window.until, coverage.pendingSince ?? window.until);
  const reaches = (instant: Instant | undefined) => instant === undefined || instant >= claimed;
  const isNewest = !isOfNow(question) || (read.projectedThrough ?? '~') >= (coverage.projectedThrough ?? '');
  return reaches(read.pendingSince) && reaches(proven) && isNewest;
}

function toRange(range: GatheredEvidence['ranges'][number]): NonNullable<ExportRequest['evidence']>[number] {
  const { left, consistency, others } = range;
  return {
    ...range,
    left: [...left],
    consistency: [...consistency],
    others: others.map(({ entry, inclusion }) => ({ entry, inclusion: [...inclusion] })),
  };
}

/** A verifier decides whether to trust the key; this checks that the signature is for this export. */
function checkSigned(signed: SignedManifest, name: string, { sha256 }: WrittenFile): void {
  try {
    const { files } = openManifest(signed, [Buffer.from(signed.publicKey, 'base64')]);
    if (files.some((file) => file.name === name && file.sha256 === sha256)) return;
  } catch (error) {
    if (!(error instanceof NoteRefused)) throw error;
    throw new ApiFailure(`The API's signature is not one of what it sent: ${error.message}.`, { cause: error });
  }
  throw new ApiFailure(`The API has signed another export than ${name}.`);
}
