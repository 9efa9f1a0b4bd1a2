// What workers of the tests can evaluate: plain JavaScript, as they load it themselves.
import { existsSync, writeFileSync } from 'node:fs';
import { conv2d, log, mean, mul, sigmoid, square, sub, sum } from '@tensorflow/tfjs-core';

const net =
  ({ scale }) =>
  (params, { images, masks }) => {
    const p = sigmoid(conv2d(images, params.kernel, 1, 'same'));
    return { squared: mul(mean(square(sub(p, masks))), scale), entropy: mul(mean(log(p)), -scale) };
  };

export default {
  net,
  /** Not finite on one side. */
  root:
    () =>
    (params, { images }) => ({ root: mul(log(sum(params.kernel)), sum(mul(images, 0))) }),
  /** Takes its time when it is built, so that its worker can be killed meanwhile; says that it began. */
  slow: async ({ folder, ...config }) => {
    writeFileSync(`${folder}/${process.pid}`, '');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return net(config);
  },
  /** Ends its worker the first time it is built, as a crash would. */
  dies: ({ marker, ...config }) => {
    if (!existsSync(marker)) {
      writeFileSync(marker, '');
      process.exit(1);
    }
    return net(config);
  },
};
