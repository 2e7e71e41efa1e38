import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { present } from '../../../lambda/trail/present.ts';
import { awsOptions } from '../../../local/network/aws-options.ts';
import type { CredentialSource } from '../../api/credential-source.ts';
import { readStackOutputs } from '../../api/stack-output.ts';

/** What a client of AWS needs to reach the deployment. */
export interface Reach {
  readonly region: string;
  readonly profile?: string;
}

/** A resource of the stack. */
export interface StackResource {
  readonly type: string;
  readonly logicalId: string;
  /** A name, a URL or an ARN: what `Ref` gives of its type. */
  readonly physicalId: string;
}

/** A deployed trail. */
export interface DeployedStack {
  readonly name: string;
  readonly reach: Reach;
  /** @throws ApiFailure where there is no output of this name */
  readonly output: (name: string) => string;
  /** The trail's resources of a type; asked for once. The stack may have others, which are somebody else's. */
  readonly resources: (type: string) => Promise<readonly StackResource[]>;
  /** A function's description, with its environment; each asked for once. */
  readonly describeFunction: (functionName: string) => Promise<DescribedFunction>;
}

/** What is looked at of a function. */
export interface DescribedFunction {
  readonly arn: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The actions that listing the resources needs. */
export const LIST_RESOURCES = 'cloudformation:ListStackResources';

/** @throws ApiFailure where the stack cannot be read */
export async function openStack(name: string, source: CredentialSource): Promise<DeployedStack> {
  const outputs = await readStackOutputs(name, source);
  const reach: Reach = { region: outputs.region, ...present({ profile: source.profile }) };
  let listed: Promise<StackResource[]> | undefined;
  const functions = new Map<string, Promise<DescribedFunction>>();
  return {
    name,
    reach,
    output: outputs.get,
    resources: async (type) => {
      listed ??= listResources(name, reach);
      const all = await listed;
      const prefix = constructOf(all, outputs.get('RecorderFunctionName'));
      return all.filter((resource) => resource.type === type && resource.logicalId.startsWith(prefix));
    },
    describeFunction: (functionName) => {
      const described = functions.get(functionName) ?? describeFunction(functionName, reach);
      functions.set(functionName, described);
      return described;
    },
  };
}

/** What begins the logical ids of the trail's construct, which is named as its app likes: it has the recorder in it. */
function constructOf(resources: readonly StackResource[], recorder: string): string {
  const found = resources.find(({ physicalId }) => physicalId === recorder);
  return /^(.*)RecorderFunction[0-9A-F]{8}$/.exec(found?.logicalId ?? '')?.[1] ?? '';
}

async function listResources(StackName: string, reach: Reach): Promise<StackResource[]> {
  const { CloudFormationClient, paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(awsOptions(reach));
  try {
    const pages = await Array.fromAsync(paginateListStackResources({ client }, { StackName }));
    return pages.flatMap(({ StackResourceSummaries = [] }) => StackResourceSummaries.flatMap(toResource));
  } finally {
    client.destroy();
  }
}

function toResource({
  ResourceType: type = '',
  LogicalResourceId: logicalId = '',
  PhysicalResourceId: physicalId,
}: StackResourceSummary): StackResource[] {
  return physicalId === undefined ? [] : [{ type, logicalId, physicalId }];
}

async function describeFunction(FunctionName: string, reach: Reach): Promise<DescribedFunction> {
  const { LambdaClient, GetFunctionConfigurationCommand } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient(awsOptions(reach));
  try {
    const { FunctionArn = '', Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return { arn: FunctionArn, environment: Environment?.Variables ?? {} };
  } finally {
    client.destroy();
  }
}
