import { dirname, join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';

/**
 * The code of a function, as the package brings it: bundled when it was packed. It takes the place of the module of the same
 * name in `lib/bundling/`, which bundles at synth and needs esbuild and the sources (ADR 48).
 *
 * @param entry the module that exports `handler`, from the root of the repository
 */
export function functionCode(entry: string): Code {
  return Code.fromAsset(join(import.meta.dirname, '../functions', dirname(entry)));
}
