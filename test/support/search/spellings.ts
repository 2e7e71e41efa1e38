/** Spellings of each name and each address that histories hold and questions ask for: of one line, every one is the same. */
export const PEOPLE: readonly (readonly string[])[] = [
  ['Alice.Example.com', 'alice.example.com', 'ALICE.EXAMPLE.COM', 'ａｌｉｃｅ.example.com'],
  ['bob', 'BOB', 'Bob'],
  ['João İnş-Strauß', 'JOA\u0303O INS\u0327-STRAUSS', 'joa\u0303o ınş-strauẞ', 'joão i\u0307nş-strauß'],
];
export const ADDRESSES: readonly (readonly string[])[] = [
  ['10.0.0.0', '::ffff:10.0.0.0', '::FFFF:0A00:0000'],
  ['10.0.0.1', '0:0:0:0:0:ffff:a00:1'],
  ['2001:db8::ab', '2001:0DB8:0000:0000:0000:0000:0000:00AB', '2001:db8:0:0::0.0.0.171'],
];

/** A spelling of one of them; numbers go round. */
export function spelled(all: readonly (readonly string[])[], which: number, spelling: number): string {
  const spellings = all[which % all.length] ?? [];
  return spellings[spelling % spellings.length] ?? '';
}

/** Whether two texts are the same name or address. */
export const isSame = (one: string | undefined, other: string | undefined): boolean =>
  one === other || [...PEOPLE, ...ADDRESSES].some((all) => [one, other].every((text) => all.includes(text ?? '')));
