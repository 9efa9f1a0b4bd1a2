import { lossSchemas } from '@segscape/losses';
import { expect, test } from 'vitest';
import { labelOf } from '../src/losses/chosen-loss.js';
import { controlsOf } from '../src/losses/option-control.js';

const named = (kind: string, name: string) =>
  controlsOf(lossSchemas[kind]!).find((control) => control.name === name);

test('gamma of the focal loss is a slider from its own limit, standing at its default', () => {
  expect(named('focal', 'gamma')).toMatchObject({ type: 'slider', from: 0, to: 5, standard: 2 });
});
test('a share keeps inside of its limits, and an end that may not be taken is left out', () => {
  expect(named('focal', 'alpha')).toMatchObject({ type: 'slider', from: 0, to: 1 });
  const threshold = named('focal', 'reducedThreshold');
  expect(threshold).toMatchObject({ type: 'slider', to: 1 });
  expect(threshold?.type === 'slider' && threshold.from).toBeGreaterThan(0);
});
test('weights, words and flags have controls of their own', () => {
  expect(named('crossEntropy', 'classWeights')).toMatchObject({ type: 'weights' });
  expect(named('focal', 'gradient')).toMatchObject({
    type: 'word',
    words: ['full', 'detached'],
    standard: 'full',
  });
  expect(named('dice', 'includeBackground')).toMatchObject({ type: 'flag', standard: true });
});
test('every loss can be asked for, and none for what the lab settles itself', () => {
  for (const [kind, schema] of Object.entries(lossSchemas))
    for (const { name } of controlsOf(schema))
      expect([kind, name]).not.toContain(/^(kind|name|ignoreIndex|input|reduction)$/.exec(name)?.[0] ?? 0);
});
test('a label says what was set, weights with colons', () => {
  expect(labelOf({ kind: 'crossEntropy', options: { classWeights: [1, 3] } })).toBe(
    'crossEntropy, classWeights 1:3',
  );
  expect(labelOf({ kind: 'dice', options: {} })).toBe('dice');
});
