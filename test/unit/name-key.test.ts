import fc from 'fast-check';
import { caseFold } from 'unicode-case-folding';
import { describe, expect, it } from 'vitest';
import { nameKey } from '../../lambda/trail/name-key.ts';

/** Every character of Unicode, but for most of East Asia's, which have neither case nor another form. */
const CHARACTERS = Array.from({ length: 0x11_0000 }, (_, point) => String.fromCodePoint(point)).filter(
  (character) => !/[\p{Cn}\p{Co}\p{Cs}\p{Unified_Ideograph}\p{Script=Tangut}]/u.test(character),
);

/** To a reader of one language or another, two of them are one letter. */
const I = ['I', 'i', 'İ', 'ı'];

describe('the key of a name', () => {
  it.each([
    ['joão', 'joa\u0303o', 'JOÃO', 'JOA\u0303O'],
    ['İnş', 'inş', 'INŞ', 'ınş', 'I\u0307ns\u0327'],
    ['straße', 'STRASSE', 'Strasse', 'STRAẞE'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος', 'σίσυφοσ', 'Σι\u0301συφος'],
    ['ﬁona', 'FIONA', 'ＦＩＯＮＡ', 'fi\u00adona', 'fio\u200bna'],
    ['ᾳ', 'αι', 'ΑΙ', 'ᾼ', 'α\u0345'],
    ['가', '\u1100\u1161'],
    ['ᎠᎡ', 'ꭰꭱ'],
  ])('is the same for %s, %s, …', (...names) => {
    expect(new Set(names.map(nameKey))).toHaveLength(1);
  });

  it('is not the same for another letter, mark or space', () => {
    const names = ['joao', 'joão', 'joâo', 'jo ao', ' joao', 'jоao', 'strase', 'jo\u0307ao'];
    expect(new Set(names.map(nameKey))).toHaveLength(names.length);
  });

  it('takes every character for what Unicode’s case folding and normalization make of it', () => {
    const differing = CHARACTERS.filter((character) => {
      const key = nameKey(character);
      const forms = [caseFold(character), character.normalize('NFKD').toUpperCase(), character.toLowerCase()];
      return forms.some((form) => nameKey(form) !== key);
    });
    expect(differing).toEqual([]);
  });

  it('is, but for those of I, what Unicode’s case folding and normalization give', () => {
    const nfkcCasefold = (text: string): string => {
      const once = caseFold(text.normalize('NFKD'))
        .normalize('NFKC')
        .replace(/\p{DI}/gu, '');
      return once === text ? once : nfkcCasefold(once);
    };
    const differing = CHARACTERS.filter((character) => {
      const expected = nfkcCasefold(character);
      return nameKey(character) !== (expected || character.normalize('NFKC'));
    });
    // Cherokee folds to its capitals; here it is in small letters.
    expect(differing.filter((character) => !/\p{Script=Cherokee}/u.test(character))).toEqual(['İ', 'ı', '𝚤']);
  });

  it('is its own key, and never empty', () => {
    expect(CHARACTERS.filter((character) => nameKey(nameKey(character)) !== nameKey(character))).toEqual([]);
    expect(CHARACTERS.filter((character) => nameKey(character) === '')).toEqual([]);
  });

  it('is its hash where it is longer than a key may be', () => {
    expect(nameKey('X'.repeat(512))).toBe('x'.repeat(512));
    expect(nameKey('X'.repeat(513))).toMatch(/^sha256#[0-9a-f]{64}$/);
    expect(nameKey('X'.repeat(513))).toBe(nameKey('x'.repeat(513)));
    expect(nameKey('ß'.repeat(257))).toBe(nameKey('SS'.repeat(257)));
  });

  it('is the same for a name in any form and case', () => {
    const letters = fc.oneof(
      fc.constantFrom(...I, ...Array.from('aZßẞſςσΣÅåŞşñΰǰŉﬃﬀᾳᾼＡａ\u0301\u0307\u0323\u0345\u200b')),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    );
    const names = fc.array(letters, { minLength: 1, maxLength: 12 }).map((all) => all.join(''));
    const forms = fc.constantFrom<(name: string) => string>(
      (name) => name.normalize('NFC'),
      (name) => name.normalize('NFD'),
      (name) => name.normalize('NFKC'),
      (name) => name.normalize('NFKD'),
      (name) => name.normalize('NFD').toUpperCase(),
      (name) => name.normalize('NFD').toLowerCase(),
      (name) => caseFold(name.normalize('NFD')),
    );
    fc.assert(
      fc.property(names, fc.array(forms, { maxLength: 4 }), (name, changes) => {
        const other = changes.reduce((text, change) => change(text), name);
        expect(nameKey(other)).toBe(nameKey(name));
        expect(nameKey(nameKey(name))).toBe(nameKey(name));
      }),
      { numRuns: 1000 },
    );
  });
});
