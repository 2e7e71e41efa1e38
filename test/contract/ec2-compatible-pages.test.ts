import { describe, expect, test } from 'vitest';
import { Ec2Compatible, numbered } from '../support/servers/ec2-compatible.ts';
import { json } from '../support/servers/fake-trail-api.ts';

const ec2 = Ec2Compatible.use();

describe('pages', () => {
  test('are as full as was asked for, also where the answers of the API are short', async () => {
    ec2.list(numbered(23));
    ec2.api.breath = 3;
    expect((await ec2.walk(10)).map((page) => page.length)).toEqual([10, 10, 3]);
  });

  test('an API that answers nothing but cursors for long gives an empty page with a token, and the walk goes on', async () => {
    ec2.list(numbered(3));
    const empty = (cursor: number) => () =>
      json({
        connections: [],
        window: { since: '2026-11-20T00:00:00Z', until: '2026-11-21T00:00:00Z', match: 'overlap' },
        coverage: { complete: true, gaps: [] },
        cursor: `00${cursor}`,
      });
    ec2.api.instead = Array.from({ length: 20 }, (_, index) => empty(index));
    ec2.api.instead.push(empty(0));
    expect(await ec2.walk(5)).toEqual([[], ['c-0000', 'c-0001', 'c-0002']]);
  });

  test('an API that gives the same cursor again is a failure, not a walk for ever', async () => {
    ec2.list(numbered(23));
    ec2.api.breath = 0;
    await expect(ec2.page({ MaxResults: 5 })).rejects.toMatchObject({ name: 'InternalError' });
  });

  test('a token in which anything is changed is refused, of which only the beginning is shown', async () => {
    ec2.list(numbered(6));
    const { NextToken = '' } = await ec2.page({ MaxResults: 5 });
    const text = Buffer.from(NextToken, 'base64url').toString();
    const others = [
      text.replace(/5$/, 'x'),
      text.replace(/^v1/, 'v2'),
      text.replace('T14:03:00Z', ''),
      text.replace(/5$/, ''),
      `${text}\n`,
    ];
    for (const other of others.map((one) => Buffer.from(one).toString('base64url'))) {
      expect(other).not.toBe(NextToken);
      await expect(ec2.page({ MaxResults: 5, NextToken: other })).rejects.toMatchObject({
        name: 'InvalidParameterValue',
        message: `Value ( ${other.slice(0, 8)}… ) for parameter NextToken is invalid. The token is invalid.`,
      });
    }
    expect((await ec2.page({ MaxResults: 5, NextToken })).Connections).toHaveLength(1);
  });

  test('the next page of a relative time counts from when the walk began', async () => {
    ec2.list(numbered(6));
    const Filters = [{ Name: 'since', Values: ['2h'] }];
    const { NextToken } = await ec2.page({ MaxResults: 5, Filters });
    const { since } = ec2.api.lastQuestion;
    ec2.now = new Date('2026-11-22T15:00:00Z');
    await ec2.page({ MaxResults: 5, Filters, NextToken });
    expect(ec2.api.lastQuestion).toMatchObject({ since, cursor: ['5'] });
  });
});
