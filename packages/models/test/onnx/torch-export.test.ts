import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onnxModel } from '@segscape/models/onnx';
import { dispose, tensor, transpose } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const python = process.env.PYTHON ?? '/usr/bin/python3';
const missing =
  spawnSync(python, ['-c', 'import torch, onnx']).status === 0 ? '' : ': no Python with torch and onnx';

/** Networks as their authors export them, with what PyTorch gives for an image that is larger than the example. */
describe.skipIf(missing)(`models that torch.onnx.export wrote${missing}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'segscape-onnx-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() => {
    const script = fileURLToPath(new URL('./export_networks.py', import.meta.url));
    const { status, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  }, 120_000);

  const names = ['padded_unet', 'pixel_net', 'instance_net', 'unusual_net'];
  test.each(names)('%s gives PyTorch’s numbers', (name) => {
    const { model, params } = onnxModel(new Uint8Array(readFileSync(join(folder, `${name}.onnx`))));
    const { image, shape, logits, logitsShape } = JSON.parse(
      readFileSync(join(folder, `${name}.json`), 'utf8'),
    );
    const first = tensor(image as number[], shape as number[]);
    const images = transpose(first, [0, 2, 3, 1]);
    const expected = tensor(logits as number[], logitsShape as number[]);
    const truth = transpose(expected, [0, 2, 3, 1]);
    const found = model.apply(params, images);
    expect(found).toBeAllclose(truth, { abs: 1e-4, rel: 1e-4 });
    dispose([first, images, expected, truth, found, params] as never);
  });
});
