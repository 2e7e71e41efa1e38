/** The ARN of an IAM role, with its account (IAM User Guide, "IAM identifiers"; IAM API reference, CreateRole: Path, RoleName). */
export const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:[\w+=,.@/-]{1,510}\/)?[\w+=,.@-]{1,64}$/;

/** What a role's trust policy may demand as `sts:ExternalId` (STS API reference, AssumeRole). */
export const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

/** The account of a role; undefined for what is no role's ARN. */
export const accountOfRole = (roleArn: string): string | undefined => ROLE_ARN.exec(roleArn)?.[1];
