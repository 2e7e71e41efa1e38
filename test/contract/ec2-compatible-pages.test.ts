import {
  DescribeClientVpnConnectionsCommand,
  type DescribeClientVpnConnectionsCommandInput,
  paginateDescribeClientVpnConnections,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { ENDPOINT, numberedConnections, useEc2Compatible } from '../support/servers/ec2-compatible.ts';
import { json } from '../support/servers/fake-trail-api.ts';

const ec2 = useEc2Compatible();

const walk = async (pageSize: number) => {
  const pages: (string | undefined)[][] = [];
  const paginator = paginateDescribeClientVpnConnections(
    { client: ec2.client, pageSize },
    { ClientVpnEndpointId: ENDPOINT },
  );
  for await (const page of paginator) pages.push((page.Connections ?? []).map(({ ConnectionId }) => ConnectionId));
  return pages;
};

const firstPage = (input: Partial<DescribeClientVpnConnectionsCommandInput> = {}) =>
  ec2.client.send(new DescribeClientVpnConnectionsCommand({ ClientVpnEndpointId: ENDPOINT, MaxResults: 5, ...input }));

describe('pages', () => {
  test('a walk with page size 5 gives every connection once and ends with the last one', async () => {
    ec2.api.connections = numberedConnections(23);
    const pages = await walk(5);
    expect(pages.flat()).toEqual(ec2.api.connections.map(({ connectionId }) => connectionId));
    expect(pages.map((page) => page.length)).toEqual([5, 5, 5, 5, 3]);
  });

  test('are as full as was asked for, also where the answers of the API are short', async () => {
    ec2.api.connections = numberedConnections(23);
    ec2.api.breath = 3;
    expect((await walk(10)).map((page) => page.length)).toEqual([10, 10, 3]);
  });

  test('an API that answers nothing but cursors for long gives an empty page with a token, and the walk goes on', async () => {
    ec2.api.connections = numberedConnections(3);
    const empty = (cursor: number) => () =>
      json({
        connections: [],
        window: { since: '2026-11-20T00:00:00Z', until: '2026-11-21T00:00:00Z', match: 'overlap' },
        coverage: { complete: true, gaps: [] },
        cursor: `00${cursor}`,
      });
    ec2.api.instead = Array.from({ length: 20 }, (_, index) => empty(index));
    ec2.api.instead.push(empty(0));
    expect(await walk(5)).toEqual([[], ['c-0000', 'c-0001', 'c-0002']]);
  });

  test('an API that gives the same cursor again is a failure, not a walk for ever', async () => {
    ec2.api.connections = numberedConnections(23);
    ec2.api.breath = 0;
    await expect(firstPage()).rejects.toMatchObject({ name: 'InternalError' });
  });

  test('without MaxResults a page holds 1000 connections', async () => {
    ec2.api.connections = numberedConnections(1001);
    expect(await ec2.connections()).toHaveLength(1000);
  });

  test.each([4, 0, 1001])('MaxResults of %i is refused', async (MaxResults) => {
    await expect(ec2.connections({ MaxResults })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining(`Value ( ${MaxResults} ) for parameter maxResults is invalid.`),
    });
  });

  test("a token that was never given out, another request's, and one that the API does not take are refused", async () => {
    ec2.api.connections = numberedConnections(6);
    const { NextToken = '' } = await firstPage();
    const Filters = [{ Name: 'username', Values: ['alice'] }];
    const text = Buffer.from(NextToken, 'base64url').toString();
    const bent = ([from, to]: readonly [RegExp, string]) => ({
      NextToken: Buffer.from(text.replace(from, to)).toString('base64url'),
    });
    const bents = (
      [
        [/5$/, 'x'],
        [/^v1/, 'v2'],
        [/T14:03:00Z/, ''],
        [/5$/, ''],
        [/$/, '\n'],
      ] as const
    ).map(bent);
    for (const input of [{ NextToken: 'bm9uZSBvZiBvdXJz' }, { NextToken, Filters }, ...bents]) {
      await expect(firstPage(input)).rejects.toMatchObject({
        name: 'InvalidParameterValue',
        message: `Value ( ${input.NextToken.slice(0, 8)}… ) for parameter NextToken is invalid. The token is invalid.`,
      });
    }
    expect((await firstPage({ NextToken })).Connections).toHaveLength(1);
  });

  test('the next page of a relative time counts from when the walk began', async () => {
    ec2.api.connections = numberedConnections(6);
    const Filters = [{ Name: 'since', Values: ['2h'] }];
    const { NextToken } = await firstPage({ Filters });
    const { since } = ec2.api.lastQuestion;
    ec2.now = new Date('2026-11-22T15:00:00Z');
    await firstPage({ Filters, NextToken });
    expect(ec2.api.lastQuestion).toMatchObject({ since, cursor: ['5'] });
  });
});
