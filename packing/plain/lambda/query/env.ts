import type * as env from '../../../../lambda/query/env.ts';

// As in packing/plain/lib/settings.ts.
const plain = { ...({} as env.QueryEnvironment) };

export type QueryEnvironment = Readonly<typeof plain>;
