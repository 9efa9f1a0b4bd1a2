import { conv2d, mean, mul, square, sub } from '@tensorflow/tfjs-core';

/** Mean squared error of one convolution; traceable, and the same in a page and in its workers. */
export default {
  net:
    ({ scale }) =>
    ({ kernel }, { images, masks }) => ({
      error: mul(scale, mean(square(sub(conv2d(images, kernel, 1, 'same'), masks)))),
    }),
};
