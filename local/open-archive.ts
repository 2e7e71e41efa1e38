import { join, resolve } from 'node:path';
import type { Archive } from '../lambda/trail/archive.ts';
import { FolderArchive } from './folder-archive.ts';
import type { AwsPlace } from './network/aws-options.ts';

const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?$/;

/** An archive, and where it is. */
export interface ArchivePlace {
  readonly archive: Archive;
  /** A folder's path, or `s3://BUCKET`. */
  readonly location: string;
}

/** The folder of the archive in a data folder. */
export const archiveFolder = (data: string): string => join(data, 'archive');

/** Whether a text names an archive: a folder, or a bucket as `s3://BUCKET`. */
export function isArchivePlace(place: string): boolean {
  return place !== '' && (!/^[a-z0-9]+:\/\//i.test(place) || BUCKET.test(place));
}

/** The bucket of an archive; undefined for a folder. */
export const bucketOf = (place: string): string | undefined => BUCKET.exec(place)?.[1];

/**
 * Opens an archive: a folder, or a bucket (`s3://BUCKET`) with the usual AWS credentials.
 *
 * @param place one for which {@link isArchivePlace} holds
 * @param aws profile and Region of a bucket, where they are not the environment's
 */
export async function openArchive(place: string, aws: AwsPlace = {}): Promise<ArchivePlace> {
  const bucket = bucketOf(place);
  if (bucket === undefined) return { archive: new FolderArchive(resolve(place)), location: resolve(place) };
  // Loaded only where it is needed: most archives on one machine are folders.
  const [{ S3Client }, { S3Archive }, { awsOptions }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('../lambda/archive/s3-archive.ts'),
    import('./network/aws-options.ts'),
  ]);
  // By path where an address is given in place of AWS: names below an IP address or localhost lead nowhere.
  const forcePathStyle = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
  return {
    archive: new S3Archive(new S3Client({ forcePathStyle, ...awsOptions(aws) }), bucket),
    location: `s3://${bucket}`,
  };
}
