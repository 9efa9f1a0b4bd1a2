import type { HistoryRow } from '@segscape/runs';
import { expect, test } from 'vitest';
import { missingOf } from '../src/data/missing.js';
import type { ReportFacts } from '../src/index.js';

const facts = (more: Partial<ReportFacts>) =>
  ({ losses: ['CE', 'Dice'], seeds: [1, 2], ...more }) as Partial<ReportFacts> as ReportFacts;
const row = (loss: string, seed: number, epoch: number, split = 'test'): HistoryRow => ({
  loss,
  seed,
  fold: 0,
  epoch,
  split,
  measure: 'loss',
  value: 1,
});
const history = [
  row('CE', 1, 0),
  row('CE', 1, 3),
  row('CE', 2, 1),
  row('Dice', 1, 2),
  row('Dice', 1, 9, 'steps'),
];
const last = 'To have them: segscape run --resume --out FOLDER, with the folder of this run.';

test('nothing is missing of a run that has ended', () => {
  expect(missingOf(facts({}), history, { training: { epochs: 9 } })).toEqual([]);
});
test('each training that has not reached its last epoch, then what follows from all', () => {
  const config = { training: { epochs: 3 }, experiment: {} };
  expect(missingOf(facts({ unfinished: 'training' }), history, config)).toEqual([
    'CE (seed 2): epoch 1 of 3.',
    'Dice (seed 1): epoch 2 of 3.',
    'Dice (seed 2): not begun.',
    'Scores, tests and pictures of the test images.',
    'Loss surfaces and maps.',
    'The images that are trained on alone.',
    last,
  ]);
});
test('where the config gives no epochs, how far each has come', () => {
  const config = { training: { budget: { minutes: 9 } }, landscape: { enabled: false } };
  expect(missingOf(facts({ unfinished: 'training', seeds: [1] }), history, config)).toEqual([
    'CE (seed 1): at epoch 3.',
    'Dice (seed 1): at epoch 2.',
    'Scores, tests and pictures of the test images.',
    last,
  ]);
  const budget = { training: { budget: { epochs: 3 } } };
  expect(missingOf(facts({ unfinished: 'training', seeds: [1] }), history, budget)[0]).toBe(
    'Dice (seed 1): epoch 2 of 3.',
  );
});
test('while surfaces are drawn no training is missing; a config that is none is no error', () => {
  expect(missingOf(facts({ unfinished: 'surfaces' }), [], null)).toEqual(['Loss surfaces and maps.', last]);
});
test('many trainings are counted', () => {
  const seeds = Array.from({ length: 20 }, (_, i) => i);
  const all = missingOf(facts({ unfinished: 'training', seeds }), [], {});
  expect(all.slice(0, 13)).toHaveLength(13);
  expect(all[12]).toBe('28 more trainings.');
});
