import { randomness } from './randomness.ts';

const FIRST_NAMES =
  'Anna Aisha Åsa Bastien Camille Chidi Chloé Daniel Divya Elena Emeka Erik Fatima Femke Giulia Grace Haruto Ivan Jamal ' +
  'João Kavya Kofi Lars Leila Łukasz Maja Marta Mateo Mei Nadia Nikhil Noah Olu Priya Rafael Rosa Sam Sigrid Siobhán ' +
  'Sofia Tariq Tomáš Uma Viktor Wanjiru Yara Yusuf Zoë';

const LAST_NAMES =
  "Abara Almeida Andersson Banerjee Becker Bianchi Castillo Chen D'Angelo Dubois Eriksen Fischer Fournier García Groß " +
  'Haddad Hansen Ito Jansen Kamau Kaur Kovács Kowalski Larsen Lindqvist Malik Mbeki Mendes Müller Nakamura Novák Núñez ' +
  "O'Brien O'Neill Okafor Park Patel Petrov Qureshi Rossi Santos Schmidt Singh Sørensen Tanaka van-Dijk Weber Yılmaz";

/** Somebody's two names. */
export interface PersonName {
  readonly first: string;
  readonly last: string;
}

/** Distinct names, always the same for the same seed; at most 2,304 of them. */
export function namesFor(seed: number, count: number): PersonName[] {
  const random = randomness('names', seed);
  const firsts = random.shuffled(FIRST_NAMES.split(' '));
  const lasts = random.shuffled(LAST_NAMES.split(' '));
  // 48 of each: 7 has no factor in common with 48, so each round of first names meets each last name once.
  return Array.from({ length: count }, (_, index) => ({
    first: firsts[index % firsts.length] ?? '',
    last: lasts[(index * 7 + Math.floor(index / firsts.length)) % lasts.length] ?? '',
  }));
}

/** The letters that Unicode does not take apart into a base and a mark. */
const PLAIN: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', ß: 'ss', ı: 'i', "'": '' };

/** A name in the form for e-mail addresses and certificates: small ASCII letters and hyphens. */
export function plain(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[łøßı']/g, (letter) => PLAIN[letter] ?? letter);
}
