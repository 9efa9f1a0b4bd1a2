import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareTorch, fromTorch, unet } from '@segscape/models';
import { readTorch } from '@segscape/models/torch-file';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ours, relativeDistance } from '../../models/test/fixtures/peer-networks.js';
import { lacks, printed } from './peers/python.js';

const missing = lacks('torch', 'numpy');
const script = fileURLToPath(new URL('./peers/networks.py', import.meta.url));

interface Told {
  readonly image: readonly number[];
  readonly shape: readonly number[];
  readonly results: readonly { readonly shape: readonly number[]; readonly values: readonly number[] }[];
}

/** What networks.py says it could not import, by network. */
interface Made {
  readonly version: string;
  readonly missing: Readonly<Record<string, string>>;
}

/**
 * Files that PyTorch writes here of networks that the projects themselves make, where Python finds them: monai,
 * dynamic_network_architectures, segmentation_models_pytorch, and `unet` of milesial's Pytorch-UNet, which PYTHONPATH may name.
 */
describe.skipIf(missing)(
  `weights and results of other projects’ own networks${missing && `: ${missing}`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'segscape-peers-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    let made: Made;
    beforeAll(() => {
      made = JSON.parse(printed(script, [folder]).trim().split('\n').at(-1)!) as Made;
    }, 300_000);
    const why = (name: string) => made.missing[name] ?? '';
    const bytesOf = (name: string) => new Uint8Array(readFileSync(join(folder, `${name}.pth`)));

    const files = Object.keys(ours).flatMap((name) =>
      name === 'nnunet-plain'
        ? ['', '-legacy', '-parallel', '-compiled', '-checkpoint', '-checkpoint-legacy'].map((kind) => [
            name,
            name + kind,
          ])
        : [[name, name]],
    ) as [string, string][];
    test.for(files)('%s, from %s.pth', async ([name, file], { skip }) => {
      skip(why(name) !== '', why(name));
      const part = file.includes('checkpoint') ? { part: 'network_weights' } : {};
      const dict = readTorch(bytesOf(file), part);
      const model = ours[name]!();
      const params = fromTorch(dict, model);
      const { image, shape, results } = JSON.parse(
        readFileSync(join(folder, `${name}.json`), 'utf8'),
      ) as Told;
      const images = tensor(Float32Array.from(image), [...shape]);
      const coarse = results.length > 1 && !name.endsWith('batch');
      const { logits, auxiliary = [] } = model.forward(params, images, { training: coarse });
      for (const [i, given] of [logits, ...auxiliary].entries()) {
        expect(given.shape).toEqual(results[i]!.shape);
        expect(relativeDistance(await given.data(), results[i]!.values)).toBeLessThan(1e-4);
      }
      dispose([dict, params, images, logits, auxiliary]);
    });

    test.for([
      ['pytorch-unet-bilinear', "milesial's Pytorch-UNet with bilinear=True"],
      ['monai-unet', "MONAI's UNet"],
      ['monai-unet-plain', "MONAI's UNet"],
      ['dynunet-residual', "MONAI's DynUNet with residual blocks"],
      ['smp-resnet18', "segmentation_models.pytorch's Unet with a ResNet encoder"],
    ] as const)('%s is known as %s, and refused', ([name, network], { skip }) => {
      skip(why(name) !== '', why(name));
      const dict = readTorch(bytesOf(name));
      const compared = compareTorch(dict, unet({ norm: 'batch' }));
      expect(compared.network).toBe(network);
      expect(compared.different.filter(({ why: reason }) => reason.startsWith('not among'))).toEqual([]);
      dispose(dict);
    });
  },
);
