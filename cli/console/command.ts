import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Command } from 'commander';
import * as z from 'zod';
import { startApiServer } from '../../gateway/api-server.ts';
import { askTrail, TrailRefusal } from '../../lambda/query/schemas/ask-trail.ts';
import manifest from '../../package.json' with { type: 'json' };
import { ApiFailure } from '../api/api-failure.ts';
import { type ApiAddress, type ApiOptions, findApi } from '../api/find-api.ts';
import { interruptible } from '../interruption.ts';
import { noticeFailure } from '../notice-failure.ts';
import { openPage } from '../open-page.ts';
import { readNumber } from '../option-values.ts';
import { exportJob } from '../page-jobs.ts';
import type { Surroundings } from '../surroundings.ts';
import { createRawAsk } from './raw-ask.ts';
import { consoleRoutes } from './routes.ts';

interface ConsoleOptions extends ApiOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Whether a browser is opened with the page. */
  readonly open?: true;
}

/** Not one of those of `serve`, so that both can run. */
const DEFAULT_PORT = 8792;
const TOKEN_BYTES = 24;
const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url');

/** `cvpn-audit console`: a deployed trail on this machine, through the caller's own AWS credentials. */
export function consoleCommand(surroundings: Surroundings): Command {
  return new Command('console')
    .description(
      "a deployed trail's pages, its API, and AWS's own protocol over it, on this machine through your AWS credentials",
    )
    .option('--port <n>', 'port to answer on, 0 for any', readNumber(0, 65_535, 'whole number'), DEFAULT_PORT)
    .option('--open', 'opens the page in a browser')
    .option('--api <url>', 'address of the API (default: CVPN_AUDIT_API)')
    .option('--stack <name>', 'the API of this CloudFormation stack')
    .option('--profile <name>', 'AWS profile to sign with')
    .option('--region <region>', "AWS Region of the API (default: its address's, or the profile's)")
    .action((options: ConsoleOptions) => serveConsole(options, surroundings));
}

function serveConsole(options: ConsoleOptions, { terminal, now, timeout }: Surroundings): Promise<void> {
  return interruptible(async (signal) => {
    const address = await findApi(options, terminal);
    const onError = (error: unknown) => noticeFailure(error, terminal);
    const ask = createRawAsk(address, options, { now, timeout, signal });
    let here = '';
    const jobs = { env: () => ({ ...terminal.env, CVPN_AUDIT_API: here }), signal, now };
    const ports = {
      ask,
      exports: exportJob(jobs),
      now,
      onError,
      region: address.region ?? SOME_REGION,
      commandOptions: trailOptions(options, address),
    };
    await checkApi(address, ports.ask);
    const [token, openingCode] = [newToken(), newToken()];
    const server = await startApiServer({
      port: options.port,
      respond: consoleRoutes(ports),
      token,
      openingCode,
      onError,
    });
    here = `${server.url}/t/${token}`;
    for (const line of consoleHeader(address, here)) terminal.line(line);
    // Others on this machine may see the command line of a browser.
    if (options.open) openPage(`${server.url}/t/${openingCode}`, terminal);
    if (!signal.aborted) await once(signal, 'abort');
    await server.close();
    terminal.line('Stopped. The token is void.');
  });
}

/** Reports errors before anything starts. Reading the API's description reads nothing of the trail. */
async function checkApi({ url }: ApiAddress, ask: Parameters<typeof askTrail>[0]): Promise<void> {
  try {
    await askTrail(ask, '/openapi.json', z.looseObject({ openapi: z.string() }));
  } catch (error) {
    if (error instanceof TrailRefusal) throw new ApiFailure(error.problem.detail ?? error.message, { cause: error });
    throw new ApiFailure(`What answers at ${url} is not the API of an audit trail. Check the address.`, {
      cause: error,
    });
  }
}

/** What another command needs to find the same trail. */
function trailOptions({ stack, profile, region }: ConsoleOptions, { url }: ApiAddress): string[] {
  const where = stack === undefined ? { api: url } : { stack };
  return Object.entries({ ...where, profile, region }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
}

/** AWS's tools need a Region; it has no effect here. */
const SOME_REGION = 'eu-central-1';

/**
 * What `console` says first.
 *
 * @param here - its own address, with the token
 */
function consoleHeader({ url, region = SOME_REGION, isSigned }: ApiAddress, here: string): string[] {
  return [
    `cvpn-audit ${manifest.version} answers for the trail at ${url}${isSigned ? ', with your AWS credentials' : ''}`,
    `  page      ${here}/`,
    `  address   ${here}`,
    '',
    'Whoever knows these addresses may ask, in your name, until you stop it: keep them to yourself.',
    '',
    'What to try next, in another terminal:',
    `  curl ${here}/endpoints`,
    "AWS's own command, for all that the trail remembers (any credentials will do):",
    `  AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any aws ec2 describe-client-vpn-endpoints --region ${region} --endpoint-url ${here}`,
    '',
    'Ctrl-C stops.',
    '',
  ];
}
