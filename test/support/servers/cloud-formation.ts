import type { TestReply } from './api-server.ts';

const XML = { 'content-type': 'text/xml' };
const NAMESPACE = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"';

/** An answer of CloudFormation's Query protocol: a stack with these outputs (CloudFormation API reference, DescribeStacks). */
export function stackWith(outputs: Record<string, string>): TestReply {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return {
    headers: XML,
    text: `<DescribeStacksResponse ${NAMESPACE}><DescribeStacksResult><Stacks><member><StackName>Trail</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-01T00:00:00Z</CreationTime><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  };
}

/** A refusal of CloudFormation's. */
export function stackError(code: string, message: string): TestReply {
  const text = `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  return { status: 400, headers: XML, text };
}
