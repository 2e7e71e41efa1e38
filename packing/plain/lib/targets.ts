import type * as targets from '../../../lib/targets.ts';

// As in packing/plain/lib/settings.ts.
const plain = { target: { ...({} as targets.TargetGiven) }, place: { ...({} as targets.StackPlace) } };

export type TargetGiven = Readonly<typeof plain.target>;
export type StackPlace = Readonly<typeof plain.place>;
