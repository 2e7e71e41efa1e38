import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { AnswerReader } from '../../lambda/recorder/answer-reader.ts';
import { canonicalJson } from '../../lambda/trail/canonical-json.ts';
import { connectionIdOf, hasEnded, plainRowTest, readRow } from '../../lambda/trail/row.ts';
import { toStoredRow } from '../../lambda/trail/snapshot-reader.ts';
import { parseAwsTime } from '../../lambda/trail/time.ts';

const ENDPOINT = 'cvpn-endpoint-0123456789abcdef0';

function readAnswer(xml: string) {
  const reader = new AnswerReader('connections');
  reader.write(Buffer.from(xml));
  return reader.end();
}

describe('AWS’s times', () => {
  it.each(['2019-08-12 07:58:34', '2019-08-12T07:58:34', '2019-08-12T07:58:34Z', '2019-08-12T07:58:34.999Z'])(
    'are UTC though no zone is written, and may be in ISO form: %s',
    (text) => {
      expect(parseAwsTime(text)).toBe('2019-08-12T07:58:34Z');
    },
  );

  it.each(['', '-', 'yesterday', '2019-02-30 00:00:00', '2019-08-12 24:00:01', '2019-8-12 07:58:34', '1565596714'])(
    'are not guessed: %j',
    (text) => {
      expect(parseAwsTime(text)).toBeUndefined();
    },
  );
});

describe('a row', () => {
  it('without a word says nothing: absent, empty and "-" are the same', () => {
    const silent = { username: '', commonName: '-', connectionEndTime: '-', postureComplianceStatusSet: '' };
    expect(readRow(silent, ENDPOINT)).toEqual({ problems: [] });
  });

  it('names what it could not read, and reads the rest', () => {
    const wrong = { clientVpnEndpointId: 'other', ingressBytes: '-1', egressBytes: '1.5', timestamp: 'now' };
    expect(readRow({ ...wrong, commonName: 'bob' }, ENDPOINT)).toEqual({
      commonName: 'bob',
      problems: Object.keys(wrong),
    });
  });

  it('has exact counters beyond what a JavaScript number holds', () => {
    expect(readRow({ ingressBytes: '18446744073709551615' }, ENDPOINT).ingressBytes).toBe(18446744073709551615n);
  });

  it('has no text of half a character, which UTF-8 does not have', () => {
    const halves = { commonName: 'a\uD800', postureComplianceStatusSet: ['\uDC00'], username: 'b' };
    expect(readRow(halves, ENDPOINT)).toEqual({
      username: 'b',
      problems: ['commonName', 'postureComplianceStatusSet'],
    });
  });

  it('may have any number of elements that nobody knows', () => {
    const elements = Object.fromEntries(Array.from({ length: 130_000 }, (_, index) => [`x${index}`, 'y']));
    expect(readRow({ connectionId: 'c', ...elements }, ENDPOINT).problems).toHaveLength(130_000);
  });

  it('keeps an element named like a part of the language', () => {
    const row = JSON.parse('{"__proto__":"x","constructor":"y"}');
    expect(Object.entries(readRow(row, ENDPOINT).other ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it.each([
    ['terminated', undefined, true],
    ['active', '2026-11-20 08:00:00', false],
    ['terminating', '2026-11-20 08:00:00', false],
    ['failed-to-terminate', '2026-11-20 08:00:00', false],
    ['hibernated', undefined, false],
    ['hibernated', '2026-11-20 08:00:00', true],
  ])('of status %s with the end %s has ended: %s', (code, end, ended) => {
    const row = readRow({ status: { code }, ...(end ? { connectionEndTime: end } : {}) }, ENDPOINT);
    expect(hasEnded(row)).toBe(ended);
  });

  it.each([
    {},
    { connectionId: '' },
    { connectionId: '-' },
    { connectionId: '#watermark#x' },
    { connectionId: ['a'] },
    { connectionId: '\uD800' },
  ])('has no id that can be a key: %j', (row) => {
    expect(connectionIdOf(row)).toBe('');
  });

  it('has the same id as AWS lists it and as it is stored, however long and of whatever characters the id is', () => {
    const plain = fc.nat(320).map((digits) => `cvpn-connection-${'a'.repeat(digits)}`);
    fc.assert(
      fc.property(fc.oneof(plain, fc.string(), fc.string({ unit: 'binary' })), (connectionId) => {
        const row = { clientVpnEndpointId: ENDPOINT, connectionId };
        expect(toStoredRow(JSON.stringify(row)).id).toBe(connectionIdOf(row));
      }),
    );
  });

  it('that passes for plain has no problems, and rows as AWS gives them pass', () => {
    const isPlain = plainRowTest(ENDPOINT);
    const time = fc.constantFrom('2026-11-20 08:00:00', '-', '2026-02-30 08:00:00', '2026-11-20 24:00:00', 'x');
    const text = fc.oneof(fc.string(), fc.constantFrom('alice', '', 'a"b', 'a\\'), fc.constant('x'.repeat(3000)));
    const counter = fc.constantFrom('0', '18446744073709551615', '-1', '');
    const row = fc.record(
      {
        clientVpnEndpointId: fc.constantFrom(ENDPOINT, 'cvpn-endpoint-other'),
        timestamp: time,
        connectionId: text,
        connectionEndTime: time,
        commonName: text,
        egressPackets: counter,
        status: fc.constantFrom({ code: 'active' }, { code: 'active', message: 'm' }, 'active'),
        invented: text,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(row, (one) => {
        expect(isPlain(JSON.stringify(one)) && readRow(one, ENDPOINT).problems.length > 0).toBe(false);
      }),
      { numRuns: 2000 },
    );
    const said = { clientVpnEndpointId: ENDPOINT, timestamp: '2026-11-20 08:00:00', connectionId: 'c' };
    const usual = { ...said, ingressBytes: '1', status: { code: 'active' } };
    expect(isPlain(JSON.stringify(usual))).toBe(true);
    expect(isPlain(JSON.stringify({ ...usual, timestamp: 'now' }))).toBe(false);
  });

  it('never makes reading it fail', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (row) => {
        expect(readRow(row as never, ENDPOINT).problems).toBeInstanceOf(Array);
      }),
    );
  });
});

describe('an answer', () => {
  it('keeps attributes, repeated elements and stray text of a row', () => {
    const xml = `<R xmlns="x"><requestId>r1</requestId><connections>
      <item><a unit="bytes">1</a><b>2</b><b>3</b><c>mixed <d>4</d></c><e/><f><![CDATA[<&>]]></f><__proto__>p</__proto__></item>
    </connections></R>`;
    const [item] = readAnswer(xml).items ?? [];
    expect(JSON.stringify(item)).toBe(
      '{"a":{"@unit":"bytes","#text":"1"},"b":["2","3"],"c":{"d":"4","#text":"mixed "},"e":"","f":"<&>","__proto__":"p"}',
    );
  });

  it('tells an empty list from none, and takes none that stands elsewhere for its own', () => {
    expect(readAnswer('<R><connections/></R>').items).toEqual([]);
    expect(readAnswer('<R></R>').items).toBeUndefined();
    expect(readAnswer('<R><more><connections><item/></connections></more></R>').items).toBeUndefined();
  });

  it('is read the same however the network cuts it', () => {
    const xml = Buffer.from(
      '<R><connections><item><commonName>Zoë 👩‍💻 &amp; &#x4E2D;</commonName></item></connections></R>',
    );
    fc.assert(
      fc.property(fc.array(fc.nat(xml.length)), (cuts) => {
        const reader = new AnswerReader('connections');
        const at = [0, ...cuts.sort((a, b) => a - b), xml.length];
        for (let index = 1; index < at.length; index++) reader.write(xml.subarray(at[index - 1], at[index]));
        expect(reader.end().items).toEqual([{ commonName: 'Zoë 👩‍💻 & 中' }]);
      }),
    );
  });

  const nameIn = (written: string, declaration = '') =>
    readAnswer(`${declaration}<R><connections><item><n>${written}</n></item></connections></R>`).items?.[0]?.n;

  it.each([
    ['&#x1;', '\u0001'],
    ['a&#0;b&#x1b;[2J', 'a\0b\u001B[2J'],
    ['a\u0001b\0', 'a\u0001b\0'],
    ['&#xFFFE;\uFFFF', '\uFFFE\uFFFF'],
    ['&#xD83D;&#xDE00;', '😀'],
    ['&#xD83D;', '\uD83D'],
    ['&amp;#x1;<![CDATA[&#x1;\u0002]]>', '&#x1;&#x1;\u0002'],
    ['\u0085\u2028&#x85;\t', '\u0085\u2028\u0085\t'],
  ])('has characters that XML 1.0 does not have as AWS wrote them: %j', (written, read) => {
    expect(nameIn(written)).toBe(read);
    expect(nameIn(written, '<?xml version="1.0" encoding="UTF-8"?>')).toBe(read);
    expect(JSON.parse(JSON.stringify({ read }))).toEqual({ read });
  });

  it.each(['&#x110000;', '&#99999999999999999999;', '&#x;', '&#;', '&#-1;', '&#x1', '&nbsp;', '&;'])(
    'with %j is malformed: it stands for no character',
    (written) => {
      expect(() => nameIn(written)).toThrow(/entity|unclosed/);
    },
  );

  it('that is no XML for another reason is malformed, as ever', () => {
    const xml = '<?xml version="1.0"?><R a="b"><!-- c --><n>x&amp;&#65;</n><item/></R>';
    const pieces = fc.constantFrom(
      '<',
      '>',
      '&',
      ';',
      '"',
      '/',
      ']]>',
      '<!',
      '<?',
      '&#65;',
      'a',
      ' ',
      '=',
      '</n>',
      '<n>',
      '--',
    );
    const isXml = (text: string, read: (text: string) => void) => {
      try {
        read(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(fc.nat(xml.length), fc.nat(4), pieces, (at, left, piece) => {
        const torn = xml.slice(0, at) + piece + xml.slice(at + left);
        // What is left of `&#65;` may be a reference to a character that only AWS's serializer writes.
        const plain = torn.replaceAll(/&#[56];/g, 'a');
        const isStrict = isXml(plain, (text) => new SaxesParser().write(text).close());
        expect(isXml(torn, readAnswer)).toBe(isStrict);
        // Nor does a character that XML does not have hide it.
        const odd = torn.replace('x', 'x\u0001');
        if (!isStrict) expect(isXml(odd, readAnswer)).toBe(false);
      }),
      { numRuns: 2000 },
    );
    for (const torn of ['\0<R/>', '<R/>\0', '<R\0/>', '<R a\0="b"/>', '<R></R\0>', '<R a="<"/>', '<R a="\u0001<"/>'])
      expect(isXml(torn, readAnswer)).toBe(false);
  });

  it('that is not UTF-8 is refused', () => {
    expect(() => new AnswerReader('connections').write(Uint8Array.of(0x3c, 0x52, 0x3e, 0xff, 0xfe))).toThrow(
      'not valid',
    );
  });
});

describe('canonical JSON', () => {
  it('has one text for a value, whatever the order of its members, and none for numbers that writers write differently', () => {
    expect(canonicalJson({ b: [1, 'é'], a: { d: true, c: undefined } })).toBe('{"a":{"d":true},"b":[1,"é"]}');
    expect(() => canonicalJson({ a: 0.1 })).toThrow('whole numbers below 2^53, got 0.1');
  });
});
