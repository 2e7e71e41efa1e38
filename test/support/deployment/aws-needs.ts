import type { IncomingHttpHeaders } from 'node:http';
import { ACCOUNT, type Deployment, REGION } from './deployment.ts';
import type { Need } from './judge.ts';

/** A request of an SDK to a service. */
export interface AwsRequest {
  /** As the signature names it: `dynamodb`, `s3`, … */
  readonly service: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The operation, of the services whose protocol names it in a header. */
  readonly operation: string;
}

/** What the needs of a request depend on besides itself. */
export interface Circumstances {
  readonly deployment: Deployment;
  /** Whether a bucket has an object: `BUCKET/KEY`. */
  readonly hasObject: (name: string) => boolean;
}

/**
 * What AWS must allow before it does what is asked (Service Authorization Reference), also what it then does itself in the caller's name: with
 * a customer-managed key of a table or a bucket.
 *
 * @throws where an operation is not known here
 */
export function needsOf(request: AwsRequest, circumstances: Circumstances): Need[] {
  switch (request.service) {
    case 'dynamodb':
      return ofDynamoDb(request, circumstances);
    case 'ec2':
      return ofEc2(request);
    case 'kms':
      return ofKms(request);
    case 'sts':
      return ofSts(request);
    case 's3':
      return ofS3(request, circumstances);
    default:
      throw new Error(`a request to ${request.service}, which nobody here knows`);
  }
}

/** What each part of a transaction needs (DynamoDB Developer Guide, "Using IAM with DynamoDB transactions"). */
const IN_TRANSACTION: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

interface DynamoDbInput {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName: string }>>[];
}

function ofDynamoDb({ operation, body }: AwsRequest, { deployment }: Circumstances): Need[] {
  const input = JSON.parse(body) as DynamoDbInput;
  const on = (action: string, table: string, index?: string): Need => ({
    action: `dynamodb:${action}`,
    resource: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${table}${index === undefined ? '' : `/index/${index}`}`,
  });
  const inTransaction = (input.TransactItems ?? []).flatMap((item) =>
    Object.entries(item).map(([kind, { TableName }]) => on(IN_TRANSACTION[kind] ?? kind, TableName)),
  );
  const inBatch = Object.keys(input.RequestItems ?? {}).map((table) => on(operation, table));
  const alone = input.TableName === undefined ? [] : [on(operation, input.TableName, input.IndexName)];
  const needs = [...alone, ...inBatch, ...inTransaction];
  const keys = deployment
    .ofType('AWS::DynamoDB::Table')
    .filter(({ id }) => needs.some(({ resource }) => resource.split('/')[1] === deployment.nameOf(id)))
    .map(({ properties }) => properties.SSESpecification?.KMSMasterKeyId as string | undefined);
  // DynamoDB decrypts the table's key in the caller's name, for reads and for writes (DynamoDB Developer Guide, "How DynamoDB uses AWS KMS").
  return [...needs, ...keys.flatMap((key) => useOf(key, 'kms:Decrypt', 'dynamodb'))];
}

function useOf(key: string | undefined, action: string, service: string): Need[] {
  const context = { 'kms:ViaService': `${service}.${REGION}.amazonaws.com`, 'kms:CallerAccount': ACCOUNT };
  return key === undefined ? [] : [{ action, resource: key, context }];
}

function ofEc2({ body }: AwsRequest): Need[] {
  const parameters = new URLSearchParams(body);
  const endpoint = parameters.get('ClientVpnEndpointId');
  // The list of all endpoints has no resource to name.
  const resource = endpoint === null ? '*' : `arn:aws:ec2:${REGION}:${ACCOUNT}:client-vpn-endpoint/${endpoint}`;
  return [{ action: `ec2:${parameters.get('Action')}`, resource }];
}

function ofSts({ body }: AwsRequest): Need[] {
  const parameters = new URLSearchParams(body);
  const context = { 'sts:ExternalId': parameters.get('ExternalId') ?? '' };
  return [{ action: `sts:${parameters.get('Action')}`, resource: parameters.get('RoleArn') ?? '', context }];
}

function ofKms({ operation, body }: AwsRequest): Need[] {
  const { KeyId, SigningAlgorithm, MessageType } = JSON.parse(body) as Record<string, string>;
  const context = { 'kms:SigningAlgorithm': SigningAlgorithm ?? '', 'kms:MessageType': MessageType ?? '' };
  return [{ action: `kms:${operation}`, resource: KeyId ?? '', ...(operation === 'Sign' ? { context } : {}) }];
}

function ofS3({ method, url, headers }: AwsRequest, { deployment, hasObject }: Circumstances): Need[] {
  const [bucket = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const list: Need = { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` };
  if (key === '') return [{ ...list, context: { 's3:prefix': url.searchParams.get('prefix') ?? '' } }];
  const name = `${bucket}/${key}`;
  const resource = `arn:aws:s3:::${name}`;
  const made = deployment.ofType('AWS::S3::Bucket').find(({ id }) => deployment.nameOf(id) === bucket)?.properties;
  const [rule] = made?.BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
  const encryptedBy = rule?.ServerSideEncryptionByDefault?.KMSMasterKeyID as string | undefined;
  if (method === 'GET') {
    const read: Need = { action: 's3:GetObject', resource };
    // Who may not list is not told that nothing is there. No prefix: AWS does not say which it would take.
    return hasObject(name) ? [read, ...useOf(encryptedBy, 'kms:Decrypt', 's3')] : [read, list];
  }
  if (method !== 'PUT') throw new Error(`a ${method} to S3, which nobody here knows`);
  const ifNoneMatch = headers['if-none-match'];
  const context = ifNoneMatch === undefined ? {} : { 's3:if-none-match': ifNoneMatch };
  return [{ action: 's3:PutObject', resource, context }, ...useOf(encryptedBy, 'kms:GenerateDataKey', 's3')];
}
