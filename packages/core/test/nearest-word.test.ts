import { nearestWord } from '@segscape/core';
import { expect, test } from 'vitest';

const known = ['crossEntropy', 'focal', 'dice', 'tversky'];

test.each([
  ['focl', 'focal'],
  ['Dice', 'dice'],
  ['crossentropy', 'crossEntropy'],
  ['cross-entropy', 'crossEntropy'],
  ['tverksy', 'tversky'],
  ['dcie', 'dice'],
])("'%s' is nearest to '%s'", (word, meant) => {
  expect(nearestWord(word, known)).toBe(meant);
});

test('a word like none of them has none', () => {
  expect(nearestWord('hausdorff', known)).toBeUndefined();
  expect(nearestWord('focal', [])).toBeUndefined();
  expect(nearestWord('nope', ['topK'])).toBeUndefined();
});

test('of two that are as near, the first', () => {
  expect(nearestWord('b', ['a', 'c'])).toBe('a');
});
