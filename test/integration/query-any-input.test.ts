import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Place, writeCursor } from '../../lambda/query/cursor.ts';
import { ROUTES } from '../../lambda/query/routes/all.ts';
import type { Route } from '../../lambda/query/routes/route.ts';
import type { Problem } from '../../lambda/query/schemas/trail.ts';
import { AskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, type RecordedTrail } from '../support/recording/recorded-trail.ts';

const ID = 'cvpn-connection-0a';
const SLOT = '2026-11-20T08:10:00Z';
let trail: RecordedTrail;
let asked: AskedTrail;

beforeAll(async () => {
  ({ trail, asked } = await AskedTrail.start());
  const other = activeRow('cvpn-connection-0b', '2026-11-20 07:51:00');
  trail.rows = { [ALPHA]: [activeRow(ID, '2026-11-20 07:50:00'), other] };
  await trail.recordTimes(3);
});
afterAll(() => trail.close());

const moments = (...days: string[]) => days.map((day) => `${day}T08:05:00Z`);
const words = (text: string) => text.split(' ');
/** The first and the last instant that are written in four digits of a year, and what is none. */
const INSTANTS = [
  ...words('0000-01-01T00:00:00Z 9999-12-31T23:59:59Z 2026-11-20T24:00:00Z 2026-11-20T25:61:61Z'),
  ...moments('2026-02-31', '2026-00-10', '2026-13-01', '2026-11-32', '+010000-01-01', '-000001-01-01'),
  ...words('2026-11-20 2026-02-31 2026-11-20T08:05:00+02:00'),
];
const ANY = [
  ...INSTANTS,
  ...words('0 -1 1.5 1e9 999999999 NaN null [] true ~ # ../.. ::1%0'),
  '',
  '9'.repeat(40),
  '\u0000',
  '\uD800',
  '\u{1F98A}',
  'x'.repeat(300),
  `#watermark#${ALPHA}`,
];
const PLACES = [
  ...INSTANTS.flatMap((instant) => [instant, `${instant}~`, `${instant}#${ID}`]),
  '',
  '~',
  `${SLOT}#\uD800`,
  `${SLOT}#${'x'.repeat(2000)}`,
  7,
  null,
  [],
  {},
];
const PINS = [
  ...INSTANTS.map((slot) => ({ [ALPHA]: slot })),
  { [ALPHA]: 7 },
  { [ALPHA]: null },
  { '#': SLOT },
  7,
  null,
  [],
  '',
];

/** A question with one thing that is out of the ordinary. */
interface Asked {
  readonly names: Readonly<Record<string, string>>;
  readonly given?: Readonly<Record<string, string>>;
  readonly place?: unknown;
}

/** What the trail has. */
const NAMES: Readonly<Record<string, string>> = { connectionId: ID, endpointId: ALPHA, slot: SLOT, n: '0' };
const NOW = { at: 'now' };

/** Every question of a route, with one part of its address, one parameter, or its cursor out of the ordinary. */
function questionsOf({ parameters, names = {} }: Route): Asked[] {
  const required = 'manifests' in parameters ? { endpoint: ALPHA } : {};
  const placed = 'cursor' in parameters ? PLACES.map((before) => ({ before })) : [];
  const pinned = 'at' in parameters ? PINS.map((slots) => ({ before: `${SLOT}#x`, slots })) : [];
  return [
    ...Object.keys(names).flatMap((name) => ANY.map((value) => ({ names: { ...NAMES, [name]: value } }))),
    ...Object.keys(parameters).flatMap((name) =>
      ANY.map((value) => ({ names: NAMES, given: { ...required, [name]: value } })),
    ),
    ...placed.map((place) => ({ names: NAMES, given: required, place })),
    ...pinned.map((place) => ({ names: NAMES, given: NOW, place })),
  ];
}

function addressOf(path: string, { names, given = {}, place }: Asked): string {
  const encoded = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((names[name] ?? '').toWellFormed()),
  );
  const { pathname } = new URL(`http://trail${encoded}`);
  const search = new URLSearchParams(given);
  if (place) search.set('cursor', writeCursor(pathname, search, place as Place));
  return `${pathname}?${search.toString()}`;
}

/** What is wrong with an answer: it is neither one, nor a refusal that says what was expected. */
async function faultOf(address: string): Promise<string | undefined> {
  const response = await asked.fetch(address);
  if (response.status >= 500) return `${address}: ${response.status}, ${String(asked.errors.splice(0))}`;
  if (!response.headers.get('Content-Type')?.includes('json')) return undefined;
  const text = await response.text();
  // They would not be sorted among the others.
  if (response.ok && /"[+-]\d{6}-\d\d/.test(text))
    return `${address}: an instant beyond the years of four digits in ${text}`;
  const { detail = '' } = JSON.parse(text) as Problem;
  const isClear = response.ok || /[Ee]xpected|recorded|numbered/.test(detail);
  return isClear ? undefined : `${address}: refused with nothing but ${detail}`;
}

describe('any input', () => {
  it.each(ROUTES.map((route) => [route.path, route] as const))(
    'to %s is answered, or refused with what was expected, and is no failure',
    async (path, route) => {
      const addresses = [...new Set(questionsOf(route).map((question) => addressOf(path, question)))];
      const faults: (string | undefined)[] = [];
      for (const address of addresses) faults.push(await faultOf(address));
      expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
    },
  );

  it.each(ROUTES.filter(({ parameters }) => 'cursor' in parameters))(
    'that is a cursor of $path with a day that there is not is refused, with that day',
    async (route) => {
      const given = 'manifests' in route.parameters ? { endpoint: ALPHA } : {};
      for (const before of moments('2026-02-31', '2026-13-01', '2026-11-32', '2026-00-00')) {
        const { status, body } = await asked.ask<Problem>(
          addressOf(route.path, { names: NAMES, given, place: { before } }),
        );
        expect({ status, type: body.type }).toEqual({ status: 400, type: '/problems/cursor-invalid' });
        const [given_, expected] = [`"${before}"`, 'expected the cursor of the answer before'];
        expect(body.detail).toBe(`The cursor names ${given_}, which is no place of an answer; ${expected}.`);
      }
    },
  );
});
