import { afterEach, beforeEach } from 'vitest';

/** Stands for what each test of a file has of its own: it is made before each and ended after it. */
export function ofEachTest<T extends object>(make: () => T | Promise<T>, end: (made: T) => unknown): T {
  let made: T;
  beforeEach(async () => {
    made = await make();
  });
  afterEach(() => end(made));
  return new Proxy({} as T, {
    get: (_, name) => {
      const member: unknown = Reflect.get(made, name);
      return typeof member === 'function' ? member.bind(made) : member;
    },
    set: (_, name, value) => Reflect.set(made, name, value),
  });
}
