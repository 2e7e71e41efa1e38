import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { ReaderRoleProps } from './constructs/reader-role.ts';
import { ReaderStack } from './reader-stack.ts';

/**
 * The reader's stack as a plain CloudFormation template: neither CDK nor bootstrap is needed to deploy it.
 *
 * @param props absent: they are the template's parameters, for a StackSet
 */
export function readerTemplate(props?: ReaderRoleProps): unknown {
  const outdir = mkdtempSync(join(tmpdir(), 'cvpn-audit-reader-'));
  try {
    const app = new App({
      outdir,
      context: { '@aws-cdk/core:enablePartitionLiterals': true },
      analyticsReporting: false,
    });
    const { stackName } = new ReaderStack(app, props);
    return app.synth().getStackByName(stackName).template;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

if (import.meta.main) console.log(JSON.stringify(readerTemplate(), undefined, 2));
