import { unet } from '@segscape/models';
import { fromLayersModel, layersObjective, toLayersModel } from '@segscape/models/layers';
import { expectTensors } from '@segscape/testing';
import {
  cast,
  dispose,
  grads,
  greater,
  io,
  mean,
  memory,
  mul,
  oneHot,
  square,
  type Tensor,
  tensor,
  tidy,
  train,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const values = (t: Tensor) => Array.from(t.dataSync());
const picture = (shape: number[], seed = 1) =>
  tensor(
    Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(seed + 1.7 * i)),
    shape,
  );

/** Convolution, batch normalisation, convolution; the first frozen or not. */
function network({ frozen = false, regularized = false } = {}) {
  const init = (seed: number) => tfl.initializers.glorotUniform({ seed });
  const model = tfl.sequential();
  model.add(
    tfl.layers.conv2d({
      inputShape: [null, null, 2],
      filters: 3,
      kernelSize: 3,
      padding: 'same',
      trainable: !frozen,
      kernelInitializer: init(1),
      ...(regularized && { kernelRegularizer: tfl.regularizers.l2({ l2: 0.1 }) }),
    }),
  );
  model.add(tfl.layers.batchNormalization({ momentum: 0.7 }));
  model.add(tfl.layers.activation({ activation: 'tanh' }));
  model.add(tfl.layers.conv2d({ filters: 2, kernelSize: 1, kernelInitializer: init(2) }));
  return model;
}

let images: Tensor;
beforeEach(() => {
  images = picture([2, 4, 5, 2]);
});
afterEach(() => images.dispose());

describe('fromLayersModel', () => {
  test('computes what the model computes, with its weights and with others, and leaves it alone', async () => {
    const layersModel = network();
    const before = layersModel.getWeights().map(values);
    const { model, params } = fromLayersModel(layersModel);
    const expected = layersModel.predict(images) as Tensor;
    const own = await expectTensors(1, () => model.apply(params, images));
    expect(own).toBeAllclose(expected);
    const others = tidy(() =>
      Object.fromEntries(Object.entries(params).map(([name, value]) => [name, mul(value, 1.5)])),
    );
    const moved = model.apply(others, images);
    expect(layersModel.getWeights().map(values)).toEqual(before);
    layersModel.setWeights(Object.values(others));
    const theirs = layersModel.predict(images) as Tensor;
    expect(moved).toBeAllclose(theirs);
    theirs.dispose();
    dispose([own, moved, params, others, expected] as never);
    layersModel.dispose();
  });

  test('in training: batch statistics, and the running ones as updates that the model does not keep', () => {
    const layersModel = network();
    const twin = network();
    const { model, params } = fromLayersModel(layersModel);
    const before = layersModel.getWeights().map(values);
    const { logits, updates } = model.forward(params, images, { training: true });
    const expected = tidy(() => twin.apply(images, { training: true }) as Tensor);
    expect(logits).toBeAllclose(expected);
    const names = Object.keys(updates);
    expect(names.map((name) => name.replace(/.*\//, ''))).toEqual(['moving_mean', 'moving_variance']);
    for (const name of names) {
      expect(model.isTrainable(name)).toBe(false);
      const index = Object.keys(params).indexOf(name);
      expect(updates[name]!).toBeAllclose(twin.getWeights()[index]!);
    }
    expect(layersModel.getWeights().map(values)).toEqual(before);
    dispose([logits, updates, params, expected] as never);
    for (const each of [layersModel, twin]) each.dispose();
  });

  test('gradients reach the given weights, as finite differences have them', () => {
    const layersModel = network();
    const { model, params } = fromLayersModel(layersModel);
    const names = Object.keys(params).filter((name) => model.isTrainable(name));
    const value = (given: Record<string, Tensor>) => mean(square(model.apply(given, images)));
    const found = grads((...given: Tensor[]) =>
      value({ ...params, ...Object.fromEntries(names.map((name, i) => [name, given[i]!])) }),
    )(names.map((name) => params[name]!));
    for (const [i, name] of names.entries()) {
      const at = (h: number) =>
        tidy(() => {
          const moved = values(params[name]!).map((v, k) => (k === 0 ? v + h : v));
          return values(value({ ...params, [name]: tensor(moved, params[name]!.shape) }))[0]!;
        });
      expect(values(found[i]!)[0]! - (at(1e-2) - at(-1e-2)) / 2e-2, name).toBeCloseTo(0, 3);
    }
    dispose([found, params] as never);
    layersModel.dispose();
  });

  test('an error inside of a layer leaves the model as it was, and no tensor', () => {
    const layersModel = network();
    const { model, params } = fromLayersModel(layersModel);
    const wrong = picture([1, 4, 4, 3]);
    const tensors = memory().numTensors;
    expect(() => model.apply(params, wrong)).toThrow();
    expect(memory().numTensors).toBe(tensors);
    expect(layersModel.weights.some((weight) => Object.hasOwn(weight, 'read'))).toBe(false);
    dispose([wrong, params] as never);
    layersModel.dispose();
  });

  test('frozen layers are not trainable; start is the model’s own; what is wrong is told', () => {
    const layersModel = network({ frozen: true });
    const { model, params } = fromLayersModel(layersModel);
    expect(Object.keys(params).filter((name) => !model.isTrainable(name))).toHaveLength(4);
    const start = model.init(9);
    for (const [name, value] of Object.entries(start)) expect(value).toBeAllclose(params[name]!);
    const [first] = Object.keys(params) as [string];
    const rest = Object.fromEntries(Object.entries(params).filter(([name]) => name !== first));
    expect(() => model.apply(rest, images)).toThrow(
      `expected parameter '${first}' of shape [3], got none. Its parameters are those that fromLayersModel gave.`,
    );
    const unbuilt = tfl.sequential();
    expect(() => fromLayersModel(unbuilt)).toThrow('has no weights yet. Give its first layer an inputShape');
    const [a, b] = [tfl.input({ shape: [2] }), tfl.input({ shape: [2] })];
    const both = tfl.model({ inputs: [a, b], outputs: tfl.layers.add().apply([a, b]) as tfl.SymbolicTensor });
    expect(() => fromLayersModel(both)).toThrow('expected a model of one input and one output, got');
    dispose([params, start] as never);
    layersModel.dispose();
  });
});

describe('layersObjective', () => {
  test('is what evaluate says and what fit adds to it, regularisation, with the metrics on request', async () => {
    const layersModel = network({ regularized: true });
    layersModel.compile({ optimizer: train.sgd(0.1), loss: 'meanSquaredError', metrics: ['accuracy'] });
    const { params } = fromLayersModel(layersModel);
    const classes = picture([2, 4, 5], 3);
    const labels = tidy(() => cast(oneHot(cast(greater(classes, 0), 'int32'), 2), 'float32'));
    const objective = layersObjective(layersModel, { metrics: true });
    const found = await expectTensors(2, () => objective(params, { images, labels }));
    const [loss, accuracy] = layersModel.evaluate(images, labels) as Tensor[];
    expect(Object.keys(found)).toEqual(['loss', 'acc']);
    const kernel = Object.entries(params).find(([name]) => name.endsWith('/kernel'))![1];
    const penalty = values(kernel).reduce((total, w) => total + 0.1 * w * w, 0);
    expect(values(found.loss!)[0]).toBeCloseTo(values(loss!)[0]! + penalty, 5);
    expect(found.acc!).toBeAllclose(accuracy!);
    expect(() => layersObjective(network())).toThrow('Call model.compile({ optimizer, loss }) first.');
    dispose([found, loss, accuracy, params, labels, classes] as never);
    layersModel.dispose();
  });
});

describe('toLayersModel', () => {
  test('a U-Net trains as a LayersModel, its statistics too, and comes back by saving and loading', async () => {
    const model = unet({ inputChannels: 2, classes: 2, baseChannels: 2, depth: 2, norm: 'batch' });
    const params = model.init(3);
    const square = picture([2, 8, 8, 2]);
    const layersModel = toLayersModel(tfl, model, params);
    const expected = model.apply(params, square);
    expect(tidy(() => layersModel.predict(square) as Tensor)).toBeAllclose(expected);
    expect(layersModel.outputShape).toEqual([null, null, null, 2]);
    const labels = tidy(() =>
      cast(oneHot(tensor(new Int32Array(128).fill(1), [2, 8, 8], 'int32'), 2), 'float32'),
    );
    layersModel.compile({ optimizer: train.adam(0.05), loss: 'meanSquaredError' });
    const { history } = await layersModel.fit(square, labels, { epochs: 8, shuffle: false, verbose: 0 });
    expect(history.loss!.at(-1)).toBeLessThan((history.loss![0] as number) / 1.2);
    const running = Object.keys(model.shapes).findIndex((name) => !model.isTrainable(name));
    expect(
      values(layersModel.getWeights()[layersModel.weights.findIndex(({ name }) => name.includes('mean'))]!),
    ).not.toEqual(values(params[Object.keys(model.shapes)[running]!]!));
    let saved: io.ModelArtifacts | undefined;
    await layersModel.save(
      io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const again = await tfl.loadLayersModel(io.fromMemory(saved!));
    expect(tidy(() => again.predict(square) as Tensor)).toBeAllclose(
      tidy(() => layersModel.predict(square) as Tensor),
    );
    expect(() => toLayersModel(tfl, model, {})).toThrow("of the network 'unet'.");
    dispose([params, square, expected, labels] as never);
  });
});
