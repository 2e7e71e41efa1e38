import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

const LAMBDA = fileURLToPath(new URL('../../lambda', import.meta.url));
const BUNDLE = fileURLToPath(new URL('bundle.ts', import.meta.url));

/**
 * The code of a function, bundled at synth on this machine: no Docker and no network. The CDK's bundling is synchronous
 * and an esbuild plugin is not, so it runs in its own process. Respects the context `aws:cdk:bundling-stacks: []`, which
 * template tests use to skip it.
 *
 * @param entry the module that exports `handler`, from the root of the repository
 */
export function functionCode(entry: string): Code {
  return Code.fromAsset(LAMBDA, {
    // The bundle's hash, not the folder's: a change of a test or of a comment deploys nothing.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Required by the type and never pulled: the local bundling below succeeds or stops the synth.
      image: DockerImage.fromRegistry('none'),
      // Never run either. The CDK takes two assets for one when folder and options are equal, and it does not see
      // into `tryBundle`: without this, each function would be deployed with the code of the first.
      command: [entry],
      local: {
        tryBundle(outdir) {
          execFileSync(process.execPath, [BUNDLE, entry, outdir], { stdio: ['ignore', 'ignore', 'inherit'] });
          return true;
        },
      },
    },
  });
}
