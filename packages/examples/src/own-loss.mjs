// A loss of one's own, compared with built-in ones: segscape run own-loss.yaml --out my-run
import { integer, number, options } from '@segscape/core/schema';
import { defineLoss, readLabels } from '@segscape/losses';
import { defineKind } from '@segscape/study';
import * as tf from '@tensorflow/tfjs-core';

const schema = options({
  power: number('Exponent of the error.', { default: 2, minimum: 1 }),
  ignoreIndex: integer('Label value left out of the loss.'),
});

/** The mean of |probability - label|^power over classes and pixels; with power 2 the Brier score over the classes. */
const powerError = defineLoss('powerError', schema, ({ power = 2, ignoreIndex }, name) => ({
  value: ({ labels }, logits) => {
    const { oneHotLabels, scores, valid } = readLabels(name, labels, logits, ignoreIndex); // [classes, batch, pixels]
    const probabilities = tf.exp(tf.sub(scores, tf.logSumExp(scores, 0, true)));
    const errors = tf.mean(tf.pow(tf.abs(tf.sub(probabilities, oneHotLabels)), power), 0);
    return valid ? tf.divNoNan(tf.sum(tf.mul(errors, valid)), tf.sum(valid)) : tf.mean(errors);
  },
}));

export default [defineKind({ part: 'loss', kind: 'powerError', schema, make: powerError })];
