import { type AwsPlace, awsOptions } from '../../../local/network/aws-options.ts';
import type { Check } from '../finding.ts';

/** Whether what is archived in a bucket cannot be deleted for a time. */
export function archiveLock(Bucket: string, place: AwsPlace): Check {
  return {
    name: 'archive-lock',
    needs: 's3:GetBucketObjectLockConfiguration',
    look: async (notes) => {
      const { S3Client, GetObjectLockConfigurationCommand } = await import('@aws-sdk/client-s3');
      // By path where an address is given in place of AWS, as the archive is read.
      const forcePathStyle = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
      const client = new S3Client({ ...awsOptions(place), forcePathStyle });
      try {
        const lock = await client.send(new GetObjectLockConfigurationCommand({ Bucket })).catch((error: unknown) => {
          // A bucket that never had one (S3 API reference, "List of error codes").
          if (error instanceof Error && error.name === 'ObjectLockConfigurationNotFoundError') return undefined;
          throw error;
        });
        if (lock?.ObjectLockConfiguration?.Rule?.DefaultRetention?.Mode) return;
        notes.found({
          severity: 'advice',
          subject: Bucket,
          what: 'the archive has no lock.',
          means:
            'Whoever may delete in it can remove the second copy of the evidence; verify would show that it is gone, and nothing brings it back.',
          todo: 'Set "archiveLockDays" and deploy; for a bucket of your own, set a default retention of Object Lock there.',
        });
      } finally {
        client.destroy();
      }
    },
  };
}
