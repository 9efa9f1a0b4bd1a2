import { assertOption, isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import { type Normalize, toFloats } from '@segscape/data';
import { jit } from '@segscape/jit';
import { onnxModel } from '@segscape/models/onnx';
import type { ReportFacts } from '@segscape/report';
import { openRun } from '@segscape/runs';
import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { stringify } from 'yaml';
import { chosenNetwork, type NetworkChoice } from '../chosen-network.js';
import { exportOnnx } from '../export-onnx.js';
import type { ModelRecord } from '../model-record.js';
import { commonRange, isByImage, type PixelType } from '../pixel-types.js';
import { cover } from './cover.js';
import { type Author, allowedName, type Citation, modelDescription } from './description.js';
import { encodeNpy } from './npy.js';
import { readme } from './readme.js';
import { storedAs, testImage } from './test-image.js';

export interface BioimageioOptions extends NetworkChoice {
  /** Who made the model; one at least. */
  readonly authors: readonly Author[];
  /** An SPDX identifier of the licence that its owner gives it. Default `'CC-BY-4.0'`. */
  readonly license?: string;
  /** Default: the classes and the loss. */
  readonly name?: string;
  /** Publications beside that of the U-Net. */
  readonly cite?: readonly Citation[];
  /** When it was made, ISO 8601. Default now. */
  readonly timestamp?: string;
}

const unet: Citation = {
  text: 'Ronneberger et al., U-Net: convolutional networks for biomedical image segmentation, MICCAI 2015.',
  doi: '10.1007/978-3-319-24574-4_28',
};

/** Pixels at a border that a tile should not be trusted in. */
const border = 16;

/** Longest side of the test image where any size will do. */
const testSide = 128;

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function reportOf(storage: Storage): Promise<ReportFacts | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as ReportFacts;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/**
 * The one type that the description gives the images, and what its numbers are divided by; where the training images were of
 * several, floats hold the numbers of all.
 */
function storedForm(
  { pixelTypes = ['uint8'] }: ModelRecord,
  normalize: Normalize,
): { readonly pixels: PixelType; readonly range: number } {
  const [pixels, ...others] = pixelTypes;
  const range = commonRange(pixelTypes);
  if (range === undefined && normalize !== 'none' && !isByImage(normalize))
    throw new SegscapeError(
      'BAD_OPTION',
      `bioimageioPackage: the training images are of ${pixelTypes.join(' and ')}, each divided by its own range, and a model description has one. Bring all images to one type and train with them, or take the network by itself: exportOnnx.`,
      { details: { option: 'storage', types: pixelTypes } },
    );
  return others.length === 0 ? { pixels: pixels!, range: range! } : { pixels: 'float32', range: 1 };
}

/** What `bioimageioPackage` of `on-demand` does; its documentation stands there. */
export async function bioimageioPackage(
  storage: Storage,
  options: BioimageioOptions,
): Promise<Readonly<Record<string, Uint8Array>>> {
  const { authors, license = 'CC-BY-4.0', cite = [], timestamp = new Date().toISOString() } = options;
  const named = Array.isArray(authors) && authors.length > 0 && authors.every(({ name }) => name?.trim());
  assertOption(named, 'bioimageioPackage', 'authors', authors, 'be a list of at least one { name }');
  const { record, loss, seed, epoch, params } = await chosenNetwork(storage, options);
  dispose(params);
  const { normalize = 'scale', clahe } = record.preprocessing ?? {};
  if (clahe !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      'bioimageioPackage: the run evens out the contrast of images (data.clahe), and a model description has no step that does. Train without clahe for a model that others open.',
      { details: { option: 'clahe', value: clahe } },
    );
  if (record.volumes)
    throw new SegscapeError(
      'BAD_OPTION',
      'bioimageioPackage: the run is of volumes, and packages are made of networks of images alone. exportOnnx gives the network by itself.',
      { details: { option: 'storage' } },
    );
  const { pixels, range } = storedForm(record, normalize);
  const weights = await exportOnnx(storage, { ...options, loss, seed, output: 'probabilities' });
  const { model, params: own } = onnxModel(weights, { channels: 'last' });
  const [shortest] = model.inputSizeFor([1, 1]);
  const [longer] = model.inputSizeFor([shortest + 1, shortest + 1]);
  const step = longer - shortest;
  const roomy = Math.ceil((2 * border + 1) / Math.max(1, step)) * step;
  const size = step === 0 ? shortest : { min: Math.max(shortest, roomy), step };
  const side = typeof size === 'number' ? size : Math.ceil(testSide / step) * step;
  const drawn = await testImage(side, side, record.channels);
  const image = storedAs(drawn, pixels);
  const input = tensor(toFloats(image, normalize), [1, side, side, record.channels]);
  const run = jit(({ images }: { images: Tensor }) => model.apply(own, images));
  const output = (await run({ images: input })) as Tensor;
  const probabilities = (await output.data()) as Float32Array;
  const shape = output.shape;
  await run.dispose();
  dispose([input, output, ...Object.values(own)]);

  const report = await reportOf((await openRun(storage)).storage);
  const found = record.overlapping ? record.classes : record.classes.slice(1);
  const name = allowedName(options.name ?? `${found.join(' and ')} by ${loss}`);
  const files: Record<string, Uint8Array> = {
    'weights.onnx': weights,
    'test_input.npy': encodeNpy(image.data, [1, side, side, record.channels]),
    'test_output.npy': encodeNpy(probabilities, shape),
    'README.md': new TextEncoder().encode(readme({ name, record, loss, seed, epoch, report })),
    'cover.png': cover(
      drawn,
      { data: probabilities, height: shape[1]!, width: shape[2]!, channels: shape[3]! },
      record.overlapping,
    ),
  };
  const hashes: Record<string, string> = {};
  for (const [file, bytes] of Object.entries(files)) hashes[file] = await sha256(bytes);
  const shrinks = side - shape[1]!;
  const description = modelDescription({
    name,
    description: `Semantic segmentation into ${record.classes.join(', ')}, trained with ${loss}.`.slice(
      0,
      1024,
    ),
    authors,
    cite: [unet, ...cite],
    license,
    record,
    pixels,
    range,
    size,
    shrinks,
    halo: typeof size === 'number' || shrinks > 0 ? 0 : border,
    timestamp,
    hashes,
  });
  return { 'rdf.yaml': new TextEncoder().encode(stringify(description)), ...files };
}
