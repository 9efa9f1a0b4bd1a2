import type { Normalize } from '@segscape/data';
import type { ModelRecord } from '../model-record.js';
import type { PixelType } from '../pixel-types.js';

// Rules are those of the model description 0.5, https://bioimage-io.github.io/spec-bioimage-io/, by the names of its fields.

/** Who made a model, as `authors` wants it. */
export interface Author {
  readonly name: string;
  readonly affiliation?: string;
  readonly orcid?: string;
}

/** A publication, as `cite` wants it: with a DOI or an address. */
export interface Citation {
  readonly text: string;
  readonly doi?: string;
  readonly url?: string;
}

export interface DescriptionFacts {
  readonly name: string;
  readonly description: string;
  readonly authors: readonly Author[];
  readonly cite: readonly Citation[];
  /** An SPDX identifier. */
  readonly license: string;
  readonly record: ModelRecord;
  /** Type of the images' intensities. */
  readonly pixels: PixelType;
  /** What they were divided by, if by anything. */
  readonly range: number;
  /** What heights and widths must be: multiples of `step` from `min` on, or one length. */
  readonly size: { readonly min: number; readonly step: number } | number;
  /** How much shorter the output is, in pixels. */
  readonly shrinks: number;
  /** Pixels at the border of a tile that see beyond it. */
  readonly halo: number;
  readonly timestamp: string;
  /** SHA-256 of each file, by its name. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** `name` may hold letters, digits, blanks and `+ - _ ( )`, and has 5 to 128 of them. */
export const allowedName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9+\-_() ]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .padEnd(5, '_')
    .slice(0, 128)
    .trim();

/**
 * The normalisation as steps of `preprocessing`, which compute what the run did to stored intensities.
 * @param normalize as the run recorded it.
 * @param range what stored intensities were divided by. Default that of 8 bits.
 */
export function preprocessingSteps(normalize: Normalize, range = 255): readonly object[] {
  const float = { id: 'ensure_dtype', kwargs: { dtype: 'float32' } };
  const step = (id: string, kwargs: object) => [float, { id, kwargs }];
  const space = ['y', 'x'];
  switch (normalize) {
    case 'none':
      return [float];
    case 'scale':
      return range === 1 ? [float] : step('scale_linear', { gain: 1 / range, offset: 0 });
    case 'zscore':
    case 'standard':
      return step('zero_mean_unit_variance', { axes: space, eps: 1e-6 });
    case 'percentile':
      return step('scale_range', { axes: space, min_percentile: 1, max_percentile: 99, eps: 1e-6 });
    case 'minmax':
      return step('scale_range', {
        axes: ['channel', ...space],
        min_percentile: 0,
        max_percentile: 100,
        eps: 1e-6,
      });
  }
  // (v / range − low) / span, one for each channel; where all values are alike there is nothing to divide by.
  const linear = (low: readonly number[], span: readonly number[]) =>
    step('scale_linear', {
      axis: 'channel',
      gain: span.map((length) => 1 / (range * (length || 1))),
      offset: low.map((value, i) => -value / (span[i]! || 1)),
    });
  if ('mean' in normalize) return linear(normalize.mean, normalize.deviation);
  return linear(
    normalize.low,
    normalize.high.map((high, i) => high - normalize.low[i]!),
  );
}

const channelNames = (count: number) =>
  count === 1
    ? ['intensity']
    : count === 3
      ? ['red', 'green', 'blue']
      : Array.from({ length: count }, (_, i) => `channel${i}`);

/** Identifiers are lower-case words. */
const identifier = (text: string, index: number) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '') || `class_${index}`;

/** `rdf.yaml` as an object. */
export function modelDescription(facts: DescriptionFacts): object {
  const { record, range, size, shrinks, halo, hashes } = facts;
  const file = (source: string) => ({ source, sha256: hashes[source] });
  const space = (id: 'y' | 'x') => ({ type: 'space', id, size });
  const spaceOut = (id: 'y' | 'x') => ({
    type: 'space',
    id,
    size: { tensor_id: 'image', axis_id: id, ...(shrinks > 0 && { offset: -shrinks }) },
    ...(halo > 0 && { halo }),
  });
  return {
    format_version: '0.5.4',
    type: 'model',
    name: facts.name,
    description: facts.description,
    authors: facts.authors,
    cite: facts.cite,
    license: facts.license,
    documentation: 'README.md',
    covers: ['cover.png'],
    tags: ['segmentation', 'semantic-segmentation', 'unet', '2d', 'segscape'],
    timestamp: facts.timestamp,
    inputs: [
      {
        id: 'image',
        description: `Intensities as stored${range === 1 ? '' : `, 0 to ${range}`}.`,
        axes: [
          { type: 'batch' },
          space('y'),
          space('x'),
          { type: 'channel', id: 'channel', channel_names: channelNames(record.channels) },
        ],
        data: { type: facts.pixels },
        test_tensor: file('test_input.npy'),
        preprocessing: preprocessingSteps(record.preprocessing?.normalize ?? 'scale', range),
      },
    ],
    outputs: [
      {
        id: 'probabilities',
        description: 'Probability of each class; they sum to 1.',
        axes: [
          { type: 'batch' },
          spaceOut('y'),
          spaceOut('x'),
          { type: 'channel', id: 'channel', channel_names: record.classes.map(identifier) },
        ],
        data: { type: 'float32', range: [0, 1] },
        test_tensor: file('test_output.npy'),
      },
    ],
    weights: { onnx: { ...file('weights.onnx'), opset_version: 17 } },
  };
}
