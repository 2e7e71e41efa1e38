import type * as settings from '../../../lib/settings.ts';

// A spread has a type of its own, which TypeScript writes out in the declarations.
const plain = {
  config: { ...({} as settings.Config) },
  trail: { ...({} as settings.TrailSettings) },
};

export type Config = Readonly<typeof plain.config>;
export type TrailSettings = Readonly<typeof plain.trail>;
