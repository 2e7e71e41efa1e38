import { describe, expect, it } from 'vitest';
import { peopleByName, readPeopleList } from '../../reports/review/people-list.ts';

const namesIn = (text: string) => readPeopleList(text).map(({ names }) => names);

describe('a list of people', () => {
  it.each([
    ['user\nalice\nbob\n'],
    ['\uFEFFUser Name,Team\r\nalice,x\r\n\r\nbob,"y, z"\r\n'],
    ['Team;E-Mail\nx; alice \ny;bob\nz;\n'],
    ['id\tCommon Name\n1\talice\n2\tbob\n3\t-\n'],
    ['sAMAccountName\n"alice"\nbob'],
  ])('is read from %j', (text) => {
    expect(namesIn(text)).toEqual([['alice'], ['bob']]);
  });

  it('has each name that a line gives for a person, and knows the line', () => {
    expect(readPeopleList('username,full name,email\nalice,A. Liddell,al@x.example\n')).toEqual([
      { names: ['alice', 'al@x.example'], line: 2 },
    ]);
  });

  it('counts a person once who is in it twice, in any case', () => {
    const people = peopleByName(readPeopleList('user,email\nalice,a@x\nALICE,alice@x\n'));
    expect([new Set(people.values()).size, people.get('alice@x')?.line]).toEqual([1, 2]);
  });

  it.each([
    ['', /^it is empty; expected a header with a column user, username, email or common name/],
    ['alice\nbob\n', /^its first line is "alice"; expected a header with a column user/],
    ['user\n"alice\n', /^it is no CSV: /],
  ])('is refused where it is %j', (text, message) => {
    expect(() => readPeopleList(text)).toThrow(message);
  });
});
