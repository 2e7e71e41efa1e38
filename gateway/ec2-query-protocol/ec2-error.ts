/** An error of the EC2 API: a code, a message, and the HTTP status. */
export class Ec2Error extends Error {
  override readonly name = 'Ec2Error';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** 400 InvalidParameterValue, in EC2's own words. */
export function invalidValue(parameter: string, value: string, reason: string): Ec2Error {
  return new Ec2Error('InvalidParameterValue', `Value ( ${value} ) for parameter ${parameter} is invalid. ${reason}`);
}

/** 400 InvalidParameterValue for a token, of which only the beginning is shown: a whole one may be used. */
export function invalidToken(token: string): Ec2Error {
  const shown = token.slice(0, Math.min(SHOWN_OF_A_TOKEN, Math.floor(token.length / 2)));
  return invalidValue('NextToken', `${shown}…`, 'The token is invalid.');
}

const SHOWN_OF_A_TOKEN = 8;

/** 400 MissingParameter. */
export function missingParameter(parameter: string): Ec2Error {
  return new Ec2Error('MissingParameter', `The request must contain the parameter ${parameter}`);
}

/** 400 InvalidAction. */
export function unknownAction(action: string): Ec2Error {
  return new Ec2Error('InvalidAction', `The action ${action} is not valid for this web service.`);
}

/** 400 InvalidClientVpnEndpointId.NotFound. */
export function endpointNotFound(endpointId: string): Ec2Error {
  return new Ec2Error('InvalidClientVpnEndpointId.NotFound', `Endpoint ${endpointId} does not exist`);
}

/** 401 AuthFailure: what EC2 answers to a request that it cannot authenticate. */
export function authFailure(): Ec2Error {
  return new Ec2Error('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
}

/** 412 DryRunOperation: how EC2 says that the request would have succeeded. */
export function dryRunSucceeded(): Ec2Error {
  return new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}
