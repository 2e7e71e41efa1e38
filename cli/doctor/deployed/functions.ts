import manifest from '../../../package.json' with { type: 'json' };
import type { Check } from '../finding.ts';
import { versionFinding } from '../versions.ts';
import type { DeployedStack } from './stack.ts';

/** The functions that work on; that of the public key runs at deployment only. */
const FUNCTIONS = ['RecorderFunctionName', 'QueryFunctionName', 'ExportFunctionName'];

/** Whether the deployed functions are of this command's version, which the stack writes into their environment. */
export function functionVersions({ output, describeFunction }: DeployedStack): Check {
  return {
    name: 'versions',
    needs: 'lambda:GetFunctionConfiguration',
    look: async (notes) => {
      for (const name of FUNCTIONS.map(output)) {
        const { environment } = await describeFunction(name);
        const finding = versionFinding(name, environment.AUDIT_VERSION, manifest.version);
        if (finding) notes.found(finding);
      }
    },
  };
}
