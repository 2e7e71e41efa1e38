import fc from 'fast-check';

/** What `npm test` finds, a change has brought (ADR 26): `FAST_CHECK_SEED=random`, or a number, explores further. */
const { FAST_CHECK_SEED: given = '1' } = process.env;
const seed = given === 'random' ? Date.now() % 2 ** 31 : Number(given);
if (!Number.isInteger(seed)) throw new Error(`FAST_CHECK_SEED is ${given}; expected a whole number, or random`);

fc.configureGlobal({ seed });
