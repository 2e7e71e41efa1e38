import { describe } from 'vitest';
import { atTests } from './at.ts';
import { commandsTests } from './commands.ts';
import { connectionsTests } from './connections.ts';
import { evidenceTests } from './evidence.ts';
import { nowTests } from './now.ts';
import { reportsTests } from './reports.ts';
import { statesTests } from './states.ts';
import { timelineTests } from './timeline.ts';

// One file, so that all tests of the pages share one browser and one recorded trail. The tests of a screen are a file beside this one.
describe('Now', () => {
  nowTests();
});
describe('Connections', () => {
  connectionsTests();
});
describe('At a moment', () => {
  atTests();
});
describe('Timeline', () => {
  timelineTests();
});
describe('Evidence', () => {
  evidenceTests();
});
describe('Reports', () => {
  reportsTests();
});
describe('States', () => {
  statesTests();
});
describe('What gives the same', () => {
  commandsTests();
});
