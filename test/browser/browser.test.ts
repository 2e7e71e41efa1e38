import { describe } from 'vitest';
import { nowTests } from './now.ts';

// One file, so that all tests of the pages share one browser and one recorded trail. The tests of a screen are a file beside this one.
describe('Now', () => {
  nowTests();
});
