import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { random } from '@segscape/core';
import { readImage } from '@segscape/data';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeNiftiLabels } from '../src/predict/nifti-labels.js';
import { encodeTiff } from '../src/predict/stack-tiff.js';
import { segscape, workFolder } from './cli.js';
import { niftiFile } from './nifti-file.js';

const folder = workFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const sizes = [5, 14, 12] as const;
const [depth, height, width] = sizes;

/** A ball and what a scanner makes of it. */
function ball(n: number): { readonly image: Uint8Array; readonly mask: Uint8Array } {
  const rng = random(n);
  const centre = [2 + rng.uniform(), 5 + 4 * rng.uniform(), 4 + 4 * rng.uniform()] as const;
  const mask = Uint8Array.from({ length: depth * height * width }, (_, i) => {
    const place = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    return Number(Math.hypot(2 * (place[0]! - centre[0]), place[1]! - centre[1], place[2]! - centre[2]) < 4);
  });
  return { mask, image: mask.map((inside) => 50 + 120 * inside + rng.integer(0, 30)) };
}

beforeAll(async () => {
  await mkdir(at('images'));
  await mkdir(at('masks'));
  await mkdir(at('new'));
  for (let n = 0; n < 6; n++) {
    const { image, mask } = ball(n);
    await writeFile(at('images', `case-${n}.nii.gz`), gzipSync(niftiFile(image, sizes)));
    await writeFile(at('masks', `case-${n}.nii.gz`), gzipSync(niftiFile(mask, sizes)));
  }
  const { image } = ball(9);
  await writeFile(at('new', 'scan.nii.gz'), gzipSync(niftiFile(image, sizes)));
  const raster = { data: image, depth, height, width, channels: 1, spacing: [2000, 500, 500] };
  await writeFile(at('new', 'stack.tif'), encodeTiff(raster, 8));
  const config = `
data: { kind: folder, images: ${at('images')}, masks: ${at('masks')}, split: { folds: 3 } }
model: { kind: unet3d, baseChannels: 4, depth: 2, norm: batch }
losses: [dice]
measures: [hausdorff]
training: { epochs: 12, batchSize: 2, learningRate: 0.01, batchNorm: precise }
landscape: { enabled: false }
report: { samples: 1 }
`;
  writeFileSync(at('study.yaml'), config);
  const { code, err } = await segscape(folder, 'run', 'study.yaml', '--out', 'run');
  expect(err).toBe('');
  expect(code).toBe(0);
}, 240_000);

describe('volumes in folds, from the command line', () => {
  test('the report names folds and voxels', () => {
    const html = readFileSync(at('run', 'report.html'), 'utf8');
    expect(html).toContain('6 images in 3 folds, each tested once');
    expect(html).toContain(`${depth} × ${height} × ${width}`);
  });

  test('masks of NIfTI volumes lie where their images do; stacks become stacks', async () => {
    const { code, err } = await segscape(
      folder,
      'predict',
      'run',
      'new',
      '--out',
      'masks-of-new',
      '--ensemble',
      'folds',
      '--instances',
      'components',
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    const truth = ball(9).mask;
    for (const name of ['scan.nii.gz', 'stack.tif']) {
      const mask = await readImage(at('masks-of-new', name));
      expect(mask, name).toMatchObject({ depth, height, width, channels: 1 });
      for (const [axis, size] of [2000, 500, 500].entries())
        expect(mask.spacing?.[axis]).toBeCloseTo(size, 1);
      const right = truth.reduce((sum, label, i) => sum + Number(label === mask.data[i]), 0);
      expect(right / truth.length, name).toBeGreaterThan(0.9);
    }
    const made = gunzipSync(readFileSync(at('masks-of-new', 'scan.nii.gz')));
    const image = gunzipSync(readFileSync(at('new', 'scan.nii.gz')));
    expect(made.subarray(252, 348)).toEqual(image.subarray(252, 348)); // where it lies, and how it is turned
    const labels = await readImage(at('masks-of-new', 'scan-instances.nii.gz'));
    expect(Math.max(...labels.data)).toBeGreaterThanOrEqual(1);
    const [head, first] = readFileSync(at('masks-of-new', 'objects.csv'), 'utf8').split('\n');
    expect(head).toBe('image,object,class,volumeVoxels,volumeCubicMicrometres,confidence,error');
    const [, , , voxels, size] = first!.split(',').map(Number);
    expect(size).toBeCloseTo(voxels! * 2000 * 500 * 500, -3);
    const record = JSON.parse(readFileSync(at('masks-of-new', 'prediction.json'), 'utf8'));
    expect(record.maskValues).toEqual({ background: 0, foreground: 1 });
    expect(record.images.map(({ mask }: { mask: string }) => mask)).toEqual(['scan.nii.gz', 'stack.tif']);
  });

  test('an exported network says the axes that its graph has; numbered objects replace no mask', async () => {
    const exported = await segscape(folder, 'export', 'run', '--onnx', 'net.onnx', '--channels', 'first');
    expect(exported.out).toContain('input images [batch, channels, depth, height, width], output logits');
    await mkdir(at('twins'));
    for (const name of ['stack.tif', 'stack-instances.tif'])
      await writeFile(at('twins', name), readFileSync(at('new', 'stack.tif')));
    const args = ['predict', 'run', 'twins', '--out', 'twins-out', '--instances', 'components'];
    expect((await segscape(folder, ...args)).code).toBe(0);
    const record = JSON.parse(readFileSync(at('twins-out', 'prediction.json'), 'utf8'));
    const files = record.images.flatMap(({ mask, instances }: Record<string, string>) => [mask, instances]);
    expect(new Set(files).size).toBe(4);
  });

  test('pictures of volumes are refused before anything is written', async () => {
    const { code, err } = await segscape(folder, 'predict', 'run', 'new', '--out', 'drawn', '--overlay');
    expect(code).toBe(1);
    expect(err).toContain('predict: --overlay draws images, and the run is of volumes.');
  });
});

describe('encodeNiftiLabels', () => {
  test.each([8, 16] as const)(
    'numbers of %i bits come back, from NIfTI-1 of either byte order and NIfTI-2',
    async (bits) => {
      const data = Int32Array.from(
        { length: depth * height * width },
        (_, i) => (i * 7) % (bits === 8 ? 256 : 30_000),
      );
      const labels = { data, depth, height, width, channels: 1 };
      const little = niftiFile(new Uint8Array(data.length), sizes);
      const second = new Uint8Array(544 + data.length);
      const header = new DataView(second.buffer);
      header.setInt32(0, 540, true);
      second.set(new TextEncoder().encode('n+2\0\r\n\x1a\n'), 4);
      header.setInt16(12, 2, true);
      header.setInt16(14, 8, true);
      for (const [i, size] of [3, width, height, depth, 1, 1, 1, 1].entries())
        header.setBigInt64(16 + 8 * i, BigInt(size), true);
      for (let i = 0; i < 8; i++) header.setFloat64(104 + 8 * i, 1, true);
      header.setBigInt64(168, 544n, true);
      for (const like of [little, gzipSync(little), second]) {
        const back = await readImage(encodeNiftiLabels(labels, bits, like));
        expect(back).toMatchObject({ depth, height, width, channels: 1 });
        expect([...back.data]).toEqual([...data]);
      }
    },
  );
});
