import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { jit } from '@segscape/jit';
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { normal } from '../compare.js';
import '@segscape/testing';

interface Profiled {
  readonly cat: string;
  readonly args: { readonly mem_in_use_peak?: string };
}

/** ONNX Runtime, telling how much memory the values of a session held at most. */
function measured() {
  const folder = mkdtempSync(join(tmpdir(), 'segscape-memory-'));
  let latest: ort.InferenceSession | undefined;
  const create = async (model: Uint8Array, options: ort.InferenceSession.SessionOptions) => {
    latest = await ort.InferenceSession.create(model, {
      ...options,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'run'),
    });
    return latest;
  };
  return {
    runtime: async () => ({ ...ort, InferenceSession: { create } }),
    peak(): number {
      latest?.endProfiling();
      const events = readdirSync(folder).flatMap(
        (file) => JSON.parse(readFileSync(join(folder, file), 'utf8') || '[]') as Profiled[],
      );
      rmSync(folder, { recursive: true });
      return Math.max(...events.map(({ args }) => Number(args?.mem_in_use_peak ?? 0)));
    },
  };
}

test('a value’s memory is free after its last use, not held for the gradient of its size', async () => {
  const layers = 60;
  const { runtime, peak } = measured();
  const slope = tf.grad((x: tf.Tensor) => {
    let y = x;
    // Three values a layer, each layer of sizes of its own, of which the backward pass needs one.
    for (let i = 0; i < layers; i++) y = tf.slice(tf.sin(tf.mul(y, 1.01)), [i % 2, 1 - (i % 2)]);
    return tf.sum(y);
  });
  const compiled = jit(({ x }: { x: tf.Tensor }) => slope(x), { executor: 'onnxruntime', runtime });
  const x = normal([128, 512]);
  tf.dispose(await compiled({ x }));
  expect(compiled.stats().nodes).toBeGreaterThan(200);
  expect(peak() / (4 * x.size)).toBeLessThan(1.2 * layers);
  await compiled.dispose();
});

test('a compiled function holds nothing of the size of what it was traced with', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What is collected is given back by a thread of its own, and some of it waits for a turn.
  const held = async () => {
    for (let turn = 0; turn < 3; turn++) {
      collect();
      await setTimeout(50);
    }
    return process.memoryUsage().arrayBuffers;
  };
  const size = 2 ** 22;
  // Of a mean, the gradient is a share of ones; zeros are made while tracing, too.
  const slope = tf.grad((x: tf.Tensor) => tf.mean(tf.add(tf.square(x), tf.zeros(x.shape))));
  const compiled = jit(({ x }: { x: tf.Tensor }) => tf.sum(slope(x)), { executor: 'onnxruntime' });
  const x = tf.zeros([size]);
  tf.dispose(await compiled({ x }));
  const before = await held();
  const other = jit(({ x }: { x: tf.Tensor }) => tf.sum(slope(x)), { executor: 'onnxruntime' });
  tf.dispose(await other({ x }));
  expect((await held()) - before).toBeLessThan(size);
  await compiled.dispose();
  await other.dispose();
});
