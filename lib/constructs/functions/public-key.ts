import { CustomResource, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { allow } from './store-permissions.ts';
import { TrailFunction, type TrailParts } from './trail-function.ts';

/** The function waits until its role has propagated: usually a minute, here twice as long. */
const TIMEOUT = Duration.minutes(2);

const INVOCATION =
  'CloudFormation invokes it when the stack is deployed and at no other time, waits for its answer, and fails the deployment where there is none.';

/** Outputs the public signing key at deployment, so that it can be saved where nobody in this account can change it. */
export class PublicKey extends TrailFunction {
  /** Base64 of the 32 bytes (RFC 8032). */
  readonly publicKey: string;

  constructor(
    scope: Construct,
    id: string,
    { signingKey, logRetention }: Pick<TrailParts, 'signingKey' | 'logRetention'>,
  ) {
    const { keyArn } = signingKey.key;
    super(scope, id, {
      name: "the public key's function",
      description: 'Tells the public key of the Client VPN audit trail, at deployment',
      entry: 'lambda/public-key/handler.ts',
      timeout: TIMEOUT,
      permissions: [allow('ReadPublicKey', ['kms:GetPublicKey'], [keyArn])],
      logRetention,
      concurrency: INVOCATION,
      deadLetters: INVOCATION,
    });
    const resource = new CustomResource(this, 'Key', {
      resourceType: 'Custom::PublicKey',
      serviceToken: this.function.functionArn,
      properties: { KeyId: keyArn },
      // Without it CloudFormation would wait an hour for a missing answer.
      serviceTimeout: Duration.minutes(5),
    });
    this.publicKey = resource.getAttString('PublicKey');
  }
}
