import { afterEach, beforeEach } from 'vitest';
import { refusals } from './guard.ts';
import { MOTO_LIMITS } from './moto-limits.ts';

// A test fails where DynamoDB would have refused something, even if the code under test copes with the error.
afterEach(() => {
  const found = refusals.splice(0);
  if (found.length > 0) throw new Error(found.join('\n'));
});

if (process.env.MOTO_SERVER)
  beforeEach(({ task, skip }) => {
    const name = `${task.file.name.split('/').at(-1)}: ${task.name}`;
    const limit = MOTO_LIMITS.find(({ tests }) => tests.some((beginning) => name.startsWith(beginning)));
    if (limit) skip(limit.reason);
  });
