/** What a CDK app of one's own imports: `import { AuditTrail, ReaderRole } from 'aws-client-vpn-audit'` (ADR 48). */
export { ConfigError } from './config.ts';
export { AuditTrail, type AuditTrailProps } from './constructs/audit-trail.ts';
export { ReaderRole, type ReaderRoleProps } from './constructs/reader-role.ts';
export { addOutputs } from './outputs.ts';
