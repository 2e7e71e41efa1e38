import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionCode } from '../../bundling/function-code.ts';
import type { SigningKey } from '../storage/signing-key.ts';
import { writeLogs } from './common-permissions.ts';
import { acknowledgePublicKeyFunction } from './export-acknowledgements.ts';

/** What {@link PublicKey} is made of. */
export interface PublicKeyProps {
  readonly signingKey: SigningKey;
  readonly logRetention: RetentionDays;
}

/** Tells the public half of the signing key at deployment, so that it can be kept where nobody of this account can change it. */
export class PublicKey extends Construct {
  /** Base64 of the 32 bytes (RFC 8032). */
  readonly publicKey: string;

  constructor(scope: Construct, id: string, { signingKey, logRetention }: PublicKeyProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
    const policy = new ManagedPolicy(this, 'Policy', {
      description: 'What may be done to tell the public key of the Client VPN audit trail',
      statements: [
        new PolicyStatement({
          sid: 'ReadPublicKey',
          actions: ['kms:GetPublicKey'],
          resources: [signingKey.key.keyArn],
        }),
        writeLogs(logGroup),
      ],
    });
    const role = new Role(this, 'Role', {
      description: 'Tells the public key of the Client VPN audit trail',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [policy],
    });
    const reader = new LambdaFunction(this, 'Function', {
      description: 'Tells the public key of the Client VPN audit trail, at deployment',
      code: functionCode('lambda/public-key/handler.ts'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(30),
      role: role.withoutPolicyUpdates(),
      logGroup,
    });
    acknowledgePublicKeyFunction(reader, logGroup);
    const resource = new CustomResource(this, 'Key', {
      resourceType: 'Custom::PublicKey',
      serviceToken: reader.functionArn,
      properties: { KeyId: signingKey.key.keyArn },
      // Without it CloudFormation waits an hour for an answer that does not come.
      serviceTimeout: Duration.minutes(5),
    });
    this.publicKey = resource.getAttString('PublicKey');
  }
}
