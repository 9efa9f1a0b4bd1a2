import { registerGradients } from '@segscape/backend';
import { random } from '@segscape/core';
import { jit } from '@segscape/jit';
import { type LossConfig, type LossFn, lossFromConfig, lossSchemas } from '@segscape/losses';
import { unet } from '@segscape/models';
import '@segscape/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { normal } from '../compare.js';

registerGradients();

/** What some losses cannot do without, and options that use more of others. */
const options: Readonly<Record<string, object>> = {
  topK: { k: 40 },
  weightedSum: { terms: [{ loss: { name: 'lovasz' } }, { loss: { name: 'topK' }, weight: 0.5 }] },
  pixelWeighted: { loss: { name: 'crossEntropy' } },
  blobDice: { classes: [1, 2] },
  skeletonRecall: { classes: [1, 2] },
};

/** Losses that are given maps beside labels. */
const withMaps = ['boundary', 'pixelWeighted', 'blobDice', 'skeletonRecall'];

/** Distance maps are made on the host, inside the call: this loss is for eager execution alone. */
const eagerOnly = ['hausdorff'];

const shape = [2, 6, 5];
const classes = 3;

/** Labels, and the maps that a loss takes beside them. */
function truth(name: string, loss?: LossFn): Record<string, tf.Tensor> {
  const rng = random(3);
  const labels = tf.tensor(
    Int32Array.from({ length: 60 }, () => rng.integer(0, classes)),
    shape,
    'int32',
  );
  if (name === 'boundary') return { labels, distances: normal([...shape, classes], 7) };
  if (name === 'pixelWeighted') return { labels, weights: tf.add(tf.abs(normal(shape, 8)), 0.1) };
  if (!withMaps.includes(name)) return { labels };
  const maps = tf
    .unstack(labels)
    .map((mask) => loss!.prepare!({ data: mask.dataSync() as Int32Array, height: 6, width: 5, channels: 1 }));
  const stacked = (key: string) =>
    tf.stack(maps.map((map) => tf.tensor(Float32Array.from(map[key]!.data), [6, 5, map[key]!.channels])));
  return { labels, ...Object.fromEntries(Object.keys(maps[0]!).map((key) => [key, stacked(key)])) };
}

const cases = Object.entries(lossSchemas)
  .filter(([name]) => !eagerOnly.includes(name))
  .map(([name, { properties = {} }]) => {
    const ignoring = 'ignoreIndex' in properties ? { ignoreIndex: 2 } : {};
    return [{ name, ...options[name], ...ignoring }] as [LossConfig & { readonly name: string }];
  });

test.each(cases)('%j: value and gradient as eager on the CPU, none of it left to it', async (config) => {
  const loss = lossFromConfig(config);
  const inputs = { truth: truth(config.name, loss), logits: normal([...shape, classes], 4) };
  const both = ({ truth, logits }: { truth: Record<string, tf.Tensor>; logits: tf.Tensor }) => {
    const given = Object.keys(truth).length === 1 ? truth.labels! : truth;
    return tf.valueAndGrad((x: tf.Tensor) => loss(given as never, x))(logits);
  };
  const native = jit(both, { executor: 'onnxruntime', device: 'webgpu' });
  const [want, got] = [both(inputs), await native(inputs)];
  expect(got.value).toBeAllclose(want.value, { abs: 1e-4, rel: 1e-4 });
  expect(got.grad).toBeAllclose(want.grad, { abs: 1e-4, rel: 1e-4 });
  expect(native.stats().cpuNodes).toBe(0);
  await native.dispose();
});

test('the gradients of a U-Net by all of them, none of it left to the CPU', async () => {
  const model = unet({ inputChannels: 1, classes, baseChannels: 4, depth: 1, padding: 'same', norm: 'none' });
  const params = model.init(1);
  const names = Object.keys(params);
  const images = normal([2, 8, 8, 1], 5);
  const labels = tf.reshape(tf.tile(truth('dice').labels!, [1, 2, 2]), [-1]);
  const target = tf.reshape(tf.slice(labels, [0], [128]), [2, 8, 8]);
  const losses = cases
    .map(([config]) => config)
    .filter(({ name }) => !withMaps.includes(name))
    .map((config): LossFn => lossFromConfig(config));
  const step = (values: tf.Tensor[]) => {
    const { value, grads } = tf.valueAndGrads((...moving: tf.Tensor[]) => {
      const at = Object.fromEntries(names.map((name, i) => [name, moving[i]!]));
      const { logits } = model.forward(at, images, { training: true });
      return tf.addN(losses.map((loss) => loss(target, logits)));
    })(values);
    return [value, ...grads];
  };
  const values = names.map((name) => params[name]!);
  const onCpu = jit(step, { executor: 'onnxruntime' });
  const native = jit(step, { executor: 'onnxruntime', device: 'webgpu' });
  const want = await onCpu(values);
  for (const [i, got] of (await native(values)).entries())
    expect(got, names[i - 1] ?? 'value').toBeAllclose(want[i]!, { abs: 1e-4, rel: 1e-4 });
  expect(native.stats().cpuNodes).toBe(0);
});
