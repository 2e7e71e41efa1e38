import { describe, expect, it } from 'vitest';
import { readCursor, readSlotCursor, writeCursor } from '../../lambda/query/cursor.ts';

const question = (text: string) => new URLSearchParams(text);
const PLACE = { before: '2026-11-20T08:00:00Z#cvpn-connection-0a' };
const cursor = writeCursor('/connections', question('user=alice&status=active&limit=3'), PLACE);
const forged = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

describe('a cursor', () => {
  it('leads back to its place, with the limit and the order of the parameters as one likes', () => {
    expect(readCursor('/connections', question('status=active&cursor=x&limit=9&user=alice'), cursor)).toEqual(PLACE);
    const slots = { 'cvpn-endpoint-0a': '2026-11-20T08:00:00Z' };
    const pinned = writeCursor('/connections', question('at=now'), { ...PLACE, slots });
    expect(readCursor('/connections', question('at=now'), pinned)).toEqual({ ...PLACE, slots });
  });

  it('needs no escapes in an address', () => {
    expect(cursor).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['/connections', 'user=alice'],
    ['/connections', 'user=alice&status=active&status=terminated'],
    ['/connections', 'user=Alice&status=active'],
    ['/connections', 'user=active&status=alice'],
    ['/accesses', 'user=alice&status=active'],
  ])('is refused by %s?%s, which is another question', (path, other) => {
    expect(() => readCursor(path, question(other), cursor)).toThrow('belongs to another question');
  });

  it('cannot be made by joining parameters another way', () => {
    const one = writeCursor('/connections', question('user=a&user=b'), PLACE);
    expect(() => readCursor('/connections', question('user=a%26user%3Db'), one)).toThrow('another question');
  });

  const [, bound] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as string[];
  it.each([
    ['nothing', 'does not parse', ''],
    ['no JSON', 'does not parse', 'abc'],
    ['no list', 'does not parse', forged({})],
    ['null', 'does not parse', forged(null)],
    ['another version', 'does not parse', forged([99, bound, PLACE.before])],
    ['no place', 'does not parse', forged([1, bound])],
    ['slots that are none', 'does not parse', forged([1, bound, PLACE.before, ['x']])],
    ['a slot that is none', 'does not parse', forged([1, bound, PLACE.before, { 'cvpn-endpoint-0a': '#' }])],
    ['a place that is none', 'no place', forged([1, bound, 'x'])],
    ['a place on a day that there is not', 'no place', forged([1, bound, '2026-02-30T08:00:00Z'])],
    ['a place without end', 'no place', forged([1, bound, `2026-11-20T08:00:00Z${'x'.repeat(5000)}`])],
    ['a place longer than a sort key', 'no place', forged([1, bound, `2026-11-20T08:00:00Z${'é'.repeat(503)}`])],
    ['a place that is no Unicode', 'no place', forged([1, bound, '2026-11-20T08:00:00Z\ud83d'])],
  ])('that holds %s is refused: %s', (_, why, text) => {
    expect(() => readCursor('/connections', question('user=alice&status=active'), text)).toThrow(why);
  });

  it('of another list is no slot', () => {
    const asked = question('user=alice&status=active');
    expect(() => readSlotCursor('/connections', asked, cursor)).toThrow('no place');
    const ofSlot = writeCursor('/connections', asked, { before: '2026-11-20T08:00:00Z' });
    expect(readSlotCursor('/connections', asked, ofSlot)).toEqual({ before: '2026-11-20T08:00:00Z' });
  });
});
