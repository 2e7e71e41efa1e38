/** A role that a simulated STS knows: who may assume it. */
export interface SimulatedRole {
  /** `arn:aws:iam::ACCOUNT:role/NAME` */
  readonly roleArn: string;
  /** What its trust policy demands as `sts:ExternalId`; without one, nothing is demanded. */
  readonly externalId?: string;
}

/** A refusal, as STS names it (STS API reference, "AssumeRole", "Common errors"). */
export class StsError extends Error {
  override readonly name = 'StsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]{1,64})$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** What AssumeRole is asked for. */
export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
}

/** The parts of a role's ARN that answers name. */
interface RoleName {
  readonly account: string;
  readonly name: string;
}

/**
 * Finds out whether a role may be assumed. STS says the same of a role that is not there, of one that does not trust the caller and of a wrong
 * external id, so that nobody learns which it was.
 *
 * @throws StsError
 */
export function judgeRequest(request: AssumeRoleRequest, roles: readonly SimulatedRole[], caller: string): RoleName {
  const { roleArn, sessionName, externalId } = request;
  const [, account, name] = ROLE_ARN.exec(roleArn) ?? [];
  if (account === undefined || name === undefined) throw new StsError('ValidationError', `${roleArn} is invalid`, 400);
  if (!SESSION_NAME.test(sessionName)) {
    throw new StsError(
      'ValidationError',
      `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
      400,
    );
  }
  const role = roles.find((one) => one.roleArn === roleArn);
  if (role === undefined || (role.externalId !== undefined && role.externalId !== externalId)) {
    throw new StsError(
      'AccessDenied',
      `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      403,
    );
  }
  return { account, name };
}
