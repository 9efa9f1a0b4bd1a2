import { assertOption, SegscapeError, type Storage } from '@segscape/core';
import type { Normalize } from '@segscape/data';
import { toOnnx } from '@segscape/jit';
import { dispose, div, sub, type Tensor, transpose, zeros } from '@tensorflow/tfjs-core';
import { chosenNetwork, largestBlock, largestTile, type NetworkChoice } from './chosen-network.js';
import { probabilitiesOf } from './overlapping/label-planes.js';
import { commonRange, isByImage, type PixelType } from './pixel-types.js';
import { memberOf } from './predict/members.js';
import { chosenThreshold } from './predict/threshold.js';
import { normalizeText } from './preprocessing.js';

export interface ExportOnnxOptions extends NetworkChoice {
  /** Where images and outputs have their channels: `'last'`, `[batch, height, width, channels]` (default), or `'first'`. */
  readonly channels?: 'last' | 'first';
  /** `'probabilities'` ends the graph in softmax, or where classes overlap in sigmoids. Default `'logits'`. */
  readonly output?: 'logits' | 'probabilities';
  /**
   * Puts the normalisation into the graph: images then are stored intensities of the training images' type (0 to 255, or to
   * 65,535), as float32. Default false: images are normalised before.
   */
  readonly normalized?: boolean;
}

/** Names of the axes that an image, or a volume, may have any length along. */
const freeAxes = (axes: readonly number[], first: boolean): Record<number, string> =>
  Object.fromEntries(
    ['depth', 'height', 'width'].slice(-axes.length).map((name, i) => [axes[i]! + Number(first), name]),
  );

/**
 * The normalisation of stored intensities as a part of the graph.
 * @param types of the training images' intensities; absent in older runs.
 */
function normalization(
  normalize: Normalize,
  types: readonly PixelType[] | undefined,
): (images: Tensor) => Tensor {
  if (normalize === 'none') return (images) => images;
  const range = commonRange(types);
  if (range === undefined && !isByImage(normalize))
    throw new SegscapeError(
      'BAD_OPTION',
      `exportOnnx: the training images are of ${types!.join(' and ')}, each divided by its own range, and the graph cannot see of which an image is. Leave normalized out and normalise images before: the metadata say how.`,
      { details: { option: 'normalized', types } },
    );
  const scaled = (images: Tensor) => (range === 1 ? images : div(images, range!));
  if (normalize === 'scale') return scaled;
  if (typeof normalize === 'object' && 'mean' in normalize)
    return (images) => div(sub(scaled(images), [...normalize.mean]), normalize.deviation.map(spanOf));
  if (typeof normalize === 'object')
    return (images) =>
      div(
        sub(scaled(images), [...normalize.low]),
        normalize.high.map((high, i) => spanOf(high - normalize.low[i]!)),
      );
  throw new SegscapeError(
    'BAD_OPTION',
    `exportOnnx: the run normalises each image by its own figures ('${normalize}'), which the graph cannot hold. Leave normalized out and normalise images before: the metadata say how.`,
    { details: { option: 'normalized', value: normalize } },
  );
}

/** Where all values are alike there is nothing to divide by, as in training. */
const spanOf = (length: number): number => length || 1;

/** From where to where intensities go, where the type says it. */
function rangeText(types: readonly PixelType[] | undefined): string {
  const range = commonRange(types) ?? 1;
  return range === 1 ? '' : `, 0 to ${range}`;
}

/** What `exportOnnx` of `on-demand` does; its documentation stands there. */
export async function exportOnnx(storage: Storage, options: ExportOnnxOptions = {}): Promise<Uint8Array> {
  const { channels = 'last', output = 'logits', normalized = false } = options;
  assertOption(
    ['last', 'first'].includes(channels),
    'exportOnnx',
    'channels',
    channels,
    "be 'last' or 'first'",
  );
  assertOption(
    ['logits', 'probabilities'].includes(output),
    'exportOnnx',
    'output',
    output,
    "be 'logits' or 'probabilities'",
  );
  const network = await chosenNetwork(storage, options);
  const { record, loss, seed, fold, epoch, model, params } = network;
  const size = record.volumes
    ? model.inputSizeFor([largestBlock[0] / 2, largestBlock[1], largestBlock[1]] as const)
    : model.inputSizeFor([largestTile, largestTile] as const);
  const axes = size.map((_, axis) => axis + 1);
  const { normalize = 'scale', clahe } = record.preprocessing ?? {};
  const { overlapping = false } = record;
  const first = channels === 'first';
  const threshold = await chosenThreshold(storage, 'validation', record, [memberOf(network)]);
  const example = zeros(first ? [1, record.channels, ...size] : [1, ...size, record.channels]);
  try {
    const within = normalized ? normalization(normalize, record.pixelTypes) : (images: Tensor) => images;
    return toOnnx(
      ({ images }: { images: Tensor }) => {
        const last = first ? transpose(images, [0, ...axes.map((axis) => axis + 1), 1]) : images;
        const logits = model.apply(params, within(last));
        const found = output === 'logits' ? logits : probabilitiesOf(logits, overlapping);
        return { [output]: first ? transpose(found, [0, axes.length + 1, ...axes]) : found };
      },
      { images: example },
      {
        freeAxes: { images: freeAxes(axes, first) },
        metadata: {
          classes: record.classes.join(','),
          ...(overlapping && { overlapping: 'true' }),
          loss,
          seed: String(seed),
          ...(fold !== undefined && { fold: String(fold) }),
          epoch: String(epoch),
          ...(threshold && { threshold: String(threshold.value) }),
          normalize: normalized
            ? `inside: images are stored intensities${rangeText(record.pixelTypes)}`
            : normalizeText(normalize),
          ...(record.pixelTypes && { pixels: record.pixelTypes.join(',') }),
          ...(clahe !== undefined && { clahe: JSON.stringify(clahe) }),
          scale: String(record.scale),
          model: JSON.stringify(record.model),
        },
      },
    );
  } finally {
    dispose([example, ...Object.values(params)]);
  }
}
