import '@tensorflow/tfjs-backend-cpu';
import { getKernelsForBackend } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { rules } from '../../src/rules/index.js';

test('every kernel of the cpu backend has a rule, but for those the README names', () => {
  const missing = getKernelsForBackend('cpu')
    .map(({ kernelName }) => kernelName)
    .filter((name) => !(name in rules));
  expect(missing.sort()).toEqual(
    [
      ...['Complex', 'ComplexAbs', 'Real', 'Imag', 'FFT', 'IFFT'],
      ...['StaticRegexReplace', 'StringNGrams', 'StringSplit', 'StringToHashBucketFast'],
      ...['RaggedGather', 'RaggedRange', 'RaggedTensorToTensor'],
      ...['SparseFillEmptyRows', 'SparseReshape', 'SparseSegmentMean', 'SparseSegmentSum'],
      ...['BitwiseAnd', 'BroadcastArgs', 'Draw', 'MaxPoolWithArgmax', 'Multinomial'],
      ...['NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5', 'Unique'],
    ].sort(),
  );
});
