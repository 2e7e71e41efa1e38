import { expect, it } from 'vitest';
import { axe, visit } from '../support/browser/browsed.ts';

/** The tests of `/ui/now`. */
export function nowTests(): void {
  it('is free of what axe finds, light and dark', async () => {
    expect(await axe(await visit('/ui/now'))).toEqual([]);
  });
}
