import type { RemovalPolicy } from 'aws-cdk-lib';
import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { TrailSettings } from '../../settings.ts';

/** What {@link SigningKey} is made of. */
export interface SigningKeyProps extends Pick<TrailSettings, 'signingKeyArn' | 'previousSigningKeyArn'> {
  readonly removalPolicy: RemovalPolicy;
}

/** The KMS key that signs checkpoints and manifests: Ed25519, whose private half never leaves KMS. */
export class SigningKey extends Construct {
  readonly key: IKey;
  /** Its predecessor, which countersigns the change of the key (ADR 35). */
  readonly previous: IKey | undefined;

  constructor(scope: Construct, id: string, { signingKeyArn, previousSigningKeyArn, removalPolicy }: SigningKeyProps) {
    super(scope, id);
    this.key =
      signingKeyArn === undefined
        ? new Key(this, 'Key', {
            description: 'Signs the checkpoints of the Client VPN audit trail',
            keySpec: KeySpec.ECC_NIST_EDWARDS25519,
            keyUsage: KeyUsage.SIGN_VERIFY,
            // Verification does not need it, but a trail should continue under the key that its verifiers know.
            removalPolicy,
          })
        : Key.fromKeyArn(this, 'Key', signingKeyArn);
    this.previous =
      previousSigningKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Previous', previousSigningKeyArn);
  }
}
