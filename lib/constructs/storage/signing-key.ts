import { RemovalPolicy } from 'aws-cdk-lib';
import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/** What {@link SigningKey} is made of. */
export interface SigningKeyProps {
  /**
   * ARN of an existing KMS key of the spec ECC_NIST_EDWARDS25519.
   *
   * @default - a key is made
   */
  readonly signingKeyArn?: string | undefined;
  /**
   * What becomes of a key made here when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** The KMS key that signs checkpoints and manifests: Ed25519, whose private half never leaves KMS. */
export class SigningKey extends Construct {
  readonly key: IKey;

  constructor(scope: Construct, id: string, props: SigningKeyProps) {
    super(scope, id);
    this.key =
      props.signingKeyArn === undefined
        ? new Key(this, 'Key', {
            description: 'Signs the checkpoints of the Client VPN audit trail',
            keySpec: KeySpec.ECC_NIST_EDWARDS25519,
            keyUsage: KeyUsage.SIGN_VERIFY,
            // What it has signed can be verified without it; but a trail goes on under the key that its verifiers know.
            removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
          })
        : Key.fromKeyArn(this, 'Key', props.signingKeyArn);
  }
}
