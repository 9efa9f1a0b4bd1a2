import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toParams } from '@segscape/core/params';
import { phantomDataset } from '@segscape/data';
import { modelFromConfig } from '@segscape/models';
import { memoryStorage, openRun } from '@segscape/runs';
import { exportOnnx, openPredictor, readModelRecord } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { dispose, div, softmax, tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { study, tinyStudy } from './tiny-study.js';

const storage = memoryStorage();
beforeAll(() => study(storage, { config: { ...tinyStudy, landscape: { enabled: false } } }), 180_000);

/** The network that a run trained with Dice. */
async function network() {
  const { model } = await readModelRecord(storage);
  const { tensors } = await (await openRun(storage)).loadCheckpoint('dice/seed-1/latest');
  const own = Object.entries(tensors).filter(([name]) => name.startsWith('params/'));
  return {
    model: modelFromConfig(model),
    params: toParams(Object.fromEntries(own.map(([name, value]) => [name.slice('params/'.length), value]))),
  };
}

describe('openPredictor', () => {
  test('segments an image of another size, at its own size', async () => {
    const { image } = await phantomDataset({ kind: 'fundus', count: 1, height: 50, width: 70, seed: 3 }).get(
      0,
    );
    await expectTensors(0, async () => {
      const predictor = await openPredictor(storage, { loss: 'dice' });
      const { mask, probabilities } = await predictor.predict(image);
      expect([mask.height, mask.width, mask.channels]).toEqual([50, 70, 1]);
      expect([probabilities.height, probabilities.width, probabilities.channels]).toEqual([50, 70, 2]);
      for (let i = 0; i < mask.data.length; i++) {
        const [ground, disc] = [probabilities.data[2 * i]!, probabilities.data[2 * i + 1]!];
        expect(ground + disc).toBeCloseTo(1, 5);
        expect(mask.data[i]).toBe(Number(disc > ground));
      }
      await predictor.dispose();
    });
  });

  test('refuses an image of other channels than the network’s, saying both', async () => {
    const predictor = await openPredictor(storage);
    for (const channels of [1, 4]) {
      const data = Uint8Array.from({ length: 32 * 32 * channels }, (_, i) => i % 251);
      await expect(predictor.predict({ data, height: 32, width: 32, channels })).rejects.toThrow(
        `predict: the image has ${channels} channel${channels === 1 ? '' : 's'}, the network was trained on images of 3. Convert the image, or train with data.channels, which makes all images alike.`,
      );
    }
    await predictor.dispose();
  });

  test('without validation images takes the first loss, whatever the test images say', async () => {
    const predictor = await openPredictor(storage);
    expect(predictor).toMatchObject({ loss: 'CE 1:1', chosenBy: 'order', seed: 1, epoch: 2 });
    await predictor.dispose();
    const named = await openPredictor(storage, { loss: 'dice' });
    expect(named).toMatchObject({ loss: 'dice', chosenBy: 'caller' });
    await named.dispose();
  });

  test('names the nearest loss, the seeds there are, and a folder that is no run', async () => {
    await expect(openPredictor(storage, { loss: 'dise' })).rejects.toThrow(
      "openPredictor: the run has no loss 'dise'. Did you mean 'dice'? It has: CE 1:1, dice.",
    );
    await expect(openPredictor(storage, { seed: 77 })).rejects.toThrow("the run has no seed '77'");
    await expect(openPredictor(memoryStorage())).rejects.toThrow('this is not a run folder');
  });
});

const python = '/usr/bin/python3';
const noOnnx =
  spawnSync(python, ['-c', 'import onnx']).status === 0
    ? undefined
    : `${python} has no onnx; apt-get install python3-onnx`;

describe('exportOnnx', () => {
  const images = Float32Array.from({ length: 2 * 256 * 256 * 3 }, (_, i) => ((i * 37) % 256) / 255);

  test('gives the same logits in ONNX Runtime, for any batch', async () => {
    const session = await InferenceSession.create(
      await expectTensors(0, () => exportOnnx(storage, { loss: 'dice' })),
    );
    const { logits } = await session.run({ images: new Tensor('float32', images, [2, 256, 256, 3]) });
    expect(logits!.dims).toEqual([2, 256, 256, 2]);
    const { model, params } = await network();
    const expected = tidy(() => model.apply(params, tensor(images, [2, 256, 256, 3])));
    expect(logits!.data as Float32Array).toBeAllclose(await expected.data(), { abs: 1e-4, rel: 1e-4 });
    dispose([params, expected]);
    await session.release();
  });

  test('takes images of other sizes, channels first, as they are stored, and ends in probabilities', async () => {
    const options = { loss: 'dice', channels: 'first', output: 'probabilities', normalized: true } as const;
    const session = await InferenceSession.create(await exportOnnx(storage, options));
    expect(session.inputMetadata[0]).toMatchObject({ shape: ['batch', 3, 'height', 'width'] });
    const stored = Float32Array.from({ length: 3 * 24 * 36 }, (_, i) => (i * 37) % 256);
    const { probabilities } = await session.run({ images: new Tensor('float32', stored, [1, 3, 24, 36]) });
    const { model, params } = await network();
    const expected = tidy(() => {
      const scaled = div(tensor(stored, [1, 3, 24, 36]), 255);
      return transpose(softmax(model.apply(params, transpose(scaled, [0, 2, 3, 1]))), [0, 3, 1, 2]);
    });
    expect(probabilities!.dims).toEqual([1, 2, 24, 36]);
    expect(probabilities!.data as Float32Array).toBeAllclose(await expected.data(), { abs: 1e-4, rel: 1e-4 });
    dispose([params, expected]);
    await session.release();
    await expect(exportOnnx(storage, { channels: 'middle' as never })).rejects.toThrow(
      "be 'last' or 'first'",
    );
  });

  test.skipIf(noOnnx)(`passes onnx.checker, with its metadata${noOnnx ? ` (${noOnnx})` : ''}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'segscape-onnx-'));
    const path = join(folder, 'net.onnx');
    writeFileSync(path, await exportOnnx(storage, { loss: 'dice' }));
    const script =
      'import onnx,sys,json\nm=onnx.load(sys.argv[1])\nonnx.checker.check_model(m,full_check=True)\n' +
      'print(json.dumps({p.key:p.value for p in m.metadata_props}))';
    const { status, stdout, stderr } = spawnSync(python, ['-c', script, path], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      classes: 'background,disc',
      loss: 'dice',
      epoch: '2',
      normalize: 'scale: uint8 / 255, uint16 / 65535',
    });
    rmSync(folder, { recursive: true });
  });
});
