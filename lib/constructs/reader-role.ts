import { ArnFormat, Fn, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { parseReader } from '../reader-settings.ts';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import { allow } from './functions/store-permissions.ts';

/** Who may read, and how. */
export interface ReaderRoleProps {
  /** The role of the trail's recorder: the output `RecorderRoleArn` of its stack. It need not exist yet. */
  readonly recorderRoleArn: string;
  /** The trail's `externalId`: whoever assumes the role must know it. */
  readonly externalId: string;
  /** @default ClientVpnAuditReader, so that its ARN can be written down before it exists */
  readonly roleName?: string | undefined;
}

/** The name of the role, the same in every account. */
export const READER_ROLE_NAME = 'ClientVpnAuditReader';

/**
 * What another account deploys, once for all its Regions, to be a target of a trail: a role that may list its Client VPN endpoints and
 * their connections and nothing else, for one recorder with the external id alone (ADR 45).
 */
export class ReaderRole extends Construct {
  readonly role: Role;

  /** @throws ConfigError that names each wrong key of the props */
  constructor(scope: Construct, id: string, props: ReaderRoleProps) {
    super(scope, id);
    const { recorderRoleArn, externalId, roleName = READER_ROLE_NAME } = parseReader({ ...props });
    const endpoints = Stack.of(this).formatArn({
      service: 'ec2',
      region: '*',
      resource: 'client-vpn-endpoint',
      resourceName: '*',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const policy = new ManagedPolicy(this, 'Policy', {
      description: 'Lists Client VPN endpoints and their connections, for the audit trail',
      statements: [
        allow('ReadConnections', ['ec2:DescribeClientVpnConnections'], [endpoints]),
        // AWS offers no resource to name for this action.
        allow('ListEndpoints', ['ec2:DescribeClientVpnEndpoints'], ['*']),
      ],
    });
    this.role = new Role(this, 'Role', {
      roleName,
      description: 'Read by the recorder of the Client VPN audit trail',
      // IAM takes no principal that does not exist, and forgets one that is made anew: so the account, where the condition names the role.
      assumedBy: new AccountPrincipal(Fn.select(4, Fn.split(':', recorderRoleArn))).withConditions({
        // Not ArnEquals, which takes wildcards.
        StringEquals: { 'aws:PrincipalArn': recorderRoleArn, 'sts:ExternalId': externalId },
      }),
      managedPolicies: [policy],
    });
    acknowledgeWildcards(
      policy,
      ['*', endpoints],
      'The role is there to read the Client VPN endpoints of this account, in all its Regions and those of tomorrow too; both actions only read, and ec2:DescribeClientVpnEndpoints has no resource-level permission (Service Authorization Reference, Amazon EC2).',
    );
  }
}
