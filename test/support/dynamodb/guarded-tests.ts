import { afterEach, beforeEach } from 'vitest';
import { refusals } from './guard.ts';
import { MOTO_LIMITS } from './moto-limits.ts';

// A test fails where DynamoDB would have refused something, even if the code under test copes with the error.
afterEach(() => {
  const found = refusals.splice(0);
  if (found.length > 0) throw new Error(found.join('\n'));
});

const motos = process.env.MOTO_SERVERS?.split(' ');
if (motos) {
  process.env.MOTO_SERVER = motos[Number(process.env.VITEST_POOL_ID) % motos.length];
  beforeEach(({ task, skip }) => {
    const limit = MOTO_LIMITS.find(({ file, test }) => task.file.name.endsWith(`/${file}`) && task.name === test);
    if (limit) skip(limit.reason);
  });
}
