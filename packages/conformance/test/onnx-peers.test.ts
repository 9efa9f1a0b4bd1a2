import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onnxModel } from '@segscape/models/onnx';
import { dispose, grad, mean, memory, square, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { relativeDistance } from '../../models/test/fixtures/peer-networks.js';
import { lacks, printed } from './peers/python.js';

const missing = lacks('torch', 'onnx', 'numpy');
const script = fileURLToPath(new URL('./peers/onnx_exports.py', import.meta.url));

interface Told {
  readonly image: readonly number[];
  readonly shape: readonly number[];
  readonly logits: readonly number[];
  readonly logitsShape: readonly number[];
  /** Of the mean square of the logits, by the image. */
  readonly gradient: readonly number[];
}

interface Made {
  readonly version: string;
  /** Whether it has PyTorch 2's own exporter. */
  readonly dynamo: boolean;
  /** Why a network, or one file of it, is not there. */
  readonly missing: Readonly<Record<string, string>>;
}

const networks = [
  'nnunet-plain',
  'nnunet-plain-batch',
  'nnunet-residual',
  'nnunet-residual-batch',
  'dynunet',
  'dynunet-residual',
  'basic-unet',
  'basic-unet-batch',
  'monai-unet',
  'monai-unet-plain',
  'classifier',
  'parts',
];
/** These are large: one file of each. */
const once = ['pytorch-unet-17-dynamic', 'pytorch-unet-bilinear-11-dynamic', 'smp-resnet18-13-dynamic'];
const files = [
  ...networks.flatMap((name) =>
    [11, 13, 17, 'dynamo'].flatMap((opset) =>
      ['static', 'dynamic'].map((free) => `${name}-${opset}-${free}`),
    ),
  ),
  ...once,
];
const networkOf = (file: string) => file.replace(/-(\d+|dynamo)-(static|dynamic)$/, '');

/**
 * What torch.onnx.export writes here of networks that other projects make (as in network-peers.test.ts), and of two that use what heads
 * and attention are made of. Images are of another size than the example where sizes are free.
 */
describe.skipIf(missing)(`other projects’ networks as ONNX models${missing && `: ${missing}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'segscape-onnx-peers-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let made: Made;
  beforeAll(() => {
    made = JSON.parse(printed(script, [folder]).trim().split('\n').at(-1)!) as Made;
  }, 300_000);

  test.for(files)(
    '%s gives PyTorch’s numbers and gradients',
    { timeout: 120_000 },
    async (file, { skip }) => {
      const older =
        file.includes('-dynamo-') && !made.dynamo ? 'PyTorch 2.5 or later and onnxscript export it' : '';
      const why = made.missing[networkOf(file)] ?? made.missing[file] ?? older;
      skip(why !== '', why);
      const told = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as Told;
      const { model, params } = onnxModel(new Uint8Array(readFileSync(join(folder, `${file}.onnx`))));
      const images = tensor(Float32Array.from(told.image), [...told.shape]);
      const before = memory().numTensors;
      const logits = model.apply(params, images);
      expect(memory().numTensors).toBe(before + 1);
      expect(logits.shape).toEqual(told.logitsShape);
      expect(relativeDistance(await logits.data(), told.logits)).toBeLessThan(1e-4);
      const slope = grad((x: Tensor) => mean(square(model.apply(params, x))))(images);
      expect(relativeDistance(await slope.data(), told.gradient)).toBeLessThan(1e-3);
      dispose([images, logits, slope, params]);
    },
  );
});
