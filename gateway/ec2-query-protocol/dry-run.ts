import { invalidValue } from './ec2-error.ts';

/**
 * Whether the request only asks if it would succeed (EC2 API reference, "Common query parameters").
 * @throws Ec2Error InvalidParameterValue for what is neither true nor false.
 */
export function isDryRun(parameters: URLSearchParams): boolean {
  const text = parameters.get('DryRun') ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalidValue('DryRun', text, 'Expecting true or false.');
}
