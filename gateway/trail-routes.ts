import type { Respond } from './api-server.ts';
import { type Ec2TrailPorts, replyFromTrail } from './ec2-compatible/reply.ts';
import { CONTENT_TYPE } from './ec2-query-protocol/reply.ts';
import { FIRST_PAGE, isPage, PAGE_HEADERS, wantsPage } from './pages.ts';

/** The apps behind the address of a trail. */
interface TrailRoutes {
  /** The trail's HTTP API. */
  readonly api: Respond;
  /** The source of answers in the EC2 Query protocol, for one request. */
  readonly ec2: (requestId: string) => Ec2TrailPorts;
  /** The console. */
  readonly pages: Respond;
}

/**
 * The console's pages under `/ui/`, which `GET /` leads a browser to; AWS's own protocol on `POST /`, or with its parameters in
 * the query of `GET /`; everything else is the trail's API.
 */
export function trailRoutes({ api, ec2, pages }: TrailRoutes): Respond {
  return async (request, requestId) => {
    const { pathname } = new URL(request.url);
    if (isPage(pathname)) return withHeaders(await pages(request, requestId));
    const parameters = await ec2Parameters(request);
    if (parameters === undefined) return leadsToPages(request) ? toFirstPage() : api(request, requestId);
    const { status, xml } = await replyFromTrail(parameters, requestId, ec2(requestId));
    const headers = { 'x-amzn-requestid': requestId, 'Content-Type': CONTENT_TYPE };
    return new Response(xml, { status, headers });
  };
}

function withHeaders(page: Response): Response {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) page.headers.set(name, value);
  return page;
}

const leadsToPages = ({ method, url, headers }: Request) =>
  (method === 'GET' || method === 'HEAD') && new URL(url).pathname === '/' && wantsPage(headers.get('accept'));

function toFirstPage(): Response {
  return new Response(null, { status: 303, headers: { Location: FIRST_PAGE } });
}

async function ec2Parameters(request: Request): Promise<URLSearchParams | undefined> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname !== '/') return undefined;
  if (request.method === 'POST') return new URLSearchParams(await request.text());
  return request.method === 'GET' && searchParams.has('Action') ? searchParams : undefined;
}
