const everywhere = ['cpu', 'wasm', 'webgl'];

const ties = [
  '1D, ties',
  'ties, 2D, axes=-1, keepDims=false',
  'ties, 3D, axes=[1, 2], keepDims=false',
].concat(['ties, 4D, axes=[1, 2, 3], keepDims=false', 'ties, 4D, axes=[2, 3], keepDims=true']);

/** Where we mean another thing than TensorFlow.js's tests: all that may fail after `useBackend` and did not before. */
export const corrections = [
  {
    tests: ['max', 'min'].flatMap((name) => ties.map((one) => `${name} ${name} gradient: ${one}`)),
    backends: everywhere,
    because:
      'Each of several equal maxima gets the whole gradient there. But max(t, t) is t, and its slope 1: the shares must add up to the gradient. Ours are equal shares, as in TensorFlow for Python (divided by the number selected), JAX and PyTorch (amax).',
    source:
      'https://github.com/tensorflow/tensorflow/blob/master/tensorflow/python/ops/math_grad.py, _MinOrMaxGrad; backend/test/meaning.test.ts',
  },
  {
    tests: ['mirrorPad grad', 'mirrorPad gradient with clones'],
    backends: everywhere,
    because:
      'A pixel gets the gradient of its own place alone there, and nothing of its copies in the border. Differences of the function itself give the sum of both.',
    source:
      'https://github.com/tensorflow/tensorflow/blob/master/tensorflow/python/ops/array_grad.py, _MirrorPadGrad; backend/test/float64/shapes.test.ts',
  },
  {
    tests: ['avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit'],
    backends: everywhere,
    because:
      'TensorFlow.js averages over the pixels that a window sees, but divides the gradient by all places of the window, those beside the image too. An image of one value has that value as its average in every window, so the slopes of their sum add up to the number of windows: ours do.',
    source:
      'https://github.com/tensorflow/tfjs/blob/master/tfjs-backend-cpu/src/utils/pool_utils.ts (avgValue / count); backend/test/meaning.test.ts',
  },
  {
    tests: ['depthwiseConv2d gradients throws error on dilations > 1'],
    backends: everywhere,
    because:
      'An error says there that dilated convolutions have no gradient. Here they have one: that of the convolution by a filter with zeros between its taps.',
    source: 'https://github.com/tensorflow/tfjs/issues/7906; backend/test/float64/images.test.ts',
  },
  {
    tests: ['gradients errors if relevant ops are missing grads'],
    backends: everywhere,
    because:
      'An error says there that logicalAnd has no gradient. What jumps between true and false is flat everywhere else, and with a gradient of zero a loss may choose by comparing.',
    source: 'https://github.com/tensorflow/tfjs/issues/7710',
  },
];
