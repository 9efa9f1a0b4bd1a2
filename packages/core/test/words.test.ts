import {
  assertKnown,
  assertOneOf,
  countOf,
  isSegscapeError,
  isTensor,
  optionNames,
  sameShape,
  sizeOf,
  unknownName,
} from '@segscape/core';
import { scalar } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('a name that is not known, with the nearest or all that are', () => {
  expect(unknownName('gama', ['alpha', 'gamma'])).toEqual({
    advice: "did you mean 'gamma'?",
    question: "Did you mean 'gamma'? ",
    nearest: 'gamma',
  });
  expect(unknownName('zzzzzzzz', ['alpha', 'gamma'])).toEqual({
    advice: 'known: alpha, gamma',
    question: '',
  });
  expect(unknownName('a', [])).toEqual({ advice: 'known: none', question: '' });
});

test('one of a few words', () => {
  expect(() => assertOneOf('unet', 'padding', 'same', ['same', 'valid'])).not.toThrow();
  try {
    assertOneOf('unet', 'padding', 'smae', ['same', 'valid']);
    expect.unreachable();
  } catch (error) {
    if (!isSegscapeError(error, 'BAD_OPTION')) throw error;
    expect(error.message).toBe("unet: padding (='smae') must be one of 'same', 'valid'.");
    expect(error.details).toEqual({ option: 'padding', value: 'smae', nearest: 'same' });
  }
  expect(() => assertOneOf('unet', 'padding', 3, ['same'])).toThrow(
    "unet: padding (=3) must be one of 'same'.",
  );
});

test('options that there are not; those that are undefined are not given', () => {
  const known = optionNames<{ gamma?: number; alpha?: number }>({ gamma: true, alpha: true });
  expect(() => assertKnown('focal', { gamma: 1, beta: undefined }, known)).not.toThrow();
  try {
    assertKnown('focal', { gama: 2 }, known);
    expect.unreachable();
  } catch (error) {
    if (!isSegscapeError(error, 'BAD_OPTION')) throw error;
    expect(error.message).toBe("focal: 'gama' is not an option; did you mean 'gamma'?");
    expect(error.details).toEqual({ option: 'gama', value: 2, nearest: 'gamma' });
  }
  expect(() => assertKnown('focal', { zzzzzzz: 2 }, known)).toThrow(
    "focal: 'zzzzzzz' is not an option; known: gamma, alpha.",
  );
});

test('shapes', () => {
  expect([
    sameShape([1, 2], [1, 2]),
    sameShape([12], [1, 2]),
    sameShape([1], undefined),
    sameShape([], []),
  ]).toEqual([true, false, false, true]);
  expect([sizeOf([]), sizeOf([2, 3, 0]), sizeOf([2, 3])]).toEqual([1, 0, 6]);
});

test('what is a tensor', () => {
  const tensor = scalar(1);
  expect([isTensor(tensor), isTensor({ shape: [] }), isTensor(null), isTensor(3)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  tensor.dispose();
});

test('so many of something', () => {
  expect([0, 1, 2].map((count) => countOf(count, 'image'))).toEqual(['0 images', '1 image', '2 images']);
  expect(countOf(2, 'loss', 'losses')).toBe('2 losses');
});
