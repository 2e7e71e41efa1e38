import type * as recorded from '../../../lib/recorded-targets.ts';

// As in packing/plain/lib/settings.ts.
const plain = { ...({} as recorded.RecordedTarget), event: { ...({} as recorded.RecordedTarget['event']) } };

export type RecordedTarget = Readonly<typeof plain>;
