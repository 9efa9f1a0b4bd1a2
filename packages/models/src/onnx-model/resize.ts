import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { OnnxNode } from './parse.js';
import { linearResize, nearestResize } from './resampling.js';
import {
  channelsLast,
  last,
  list,
  numbersOf,
  type Op,
  refuse,
  required,
  shapeOf,
  text,
  type Value,
} from './value.js';

interface ResultSize {
  readonly size: [number, number];
  /** The factors give these lengths exactly: ONNX places samples by the factor, TensorFlow.js by the lengths. */
  readonly exact: boolean;
}

/** Height and width of the result: by sizes, or by factors of what is there. */
function resultSize(
  node: OnnxNode,
  [, , height, width]: readonly number[],
  scales: Value | undefined,
  sizes: Value | undefined,
): ResultSize {
  if (sizes !== undefined)
    return { size: numbersOf(node, sizes, 'sizes').slice(-2) as [number, number], exact: true };
  const factors = list(node, 'scales') ?? numbersOf(node, scales, 'scales');
  const [down, across] = factors.slice(-2) as [number, number];
  // Factors are in single precision: 5 times 1.6 is a little more than 8.
  const lengths = [height! * down, width! * across].map((length) => Math.floor(length + 1e-4));
  const exact = lengths.every((length, i) => Math.abs(length - [height! * down, width! * across][i]!) < 1e-4);
  return { size: lengths as [number, number], exact };
}

/**
 * `Resize` and `Upsample` of two spatial axes, where TensorFlow.js places samples as the node does: linear by aligned corners,
 * half pixels or from the origin; the nearest from the origin, rounded down, and the nearest for whole factors otherwise.
 */
const resized: Op = (node, inputs) => {
  const value = required(node, inputs[0], 0);
  const shape = shapeOf(value);
  if (shape.length !== 4) throw refuse(node, `${shape.length - 2} spatial axes`);
  const isOld = node.op === 'Upsample' || inputs.length === 2;
  const { size, exact } = resultSize(node, shape, isOld ? inputs[1] : filled(inputs[2]), filled(inputs[3]));
  const mode = text(node, 'mode', 'nearest');
  const places = text(node, 'coordinate_transformation_mode', isOld ? 'asymmetric' : 'half_pixel');
  const x = channelsLast(value) as Tensor4D;
  if (!exact && places !== 'align_corners') throw refuse(node, 'factors that give no whole lengths');
  if (mode === 'linear' || mode === 'bilinear') {
    if (places === 'align_corners' || places === 'asymmetric' || places === 'half_pixel')
      return last(linearResize(x, size, places));
    if (places === 'pytorch_half_pixel' && size.every((length) => length > 1))
      return last(linearResize(x, size, 'half_pixel'));
    throw refuse(node, `coordinate_transformation_mode ${places}`);
  }
  if (mode !== 'nearest') throw refuse(node, `mode ${mode}`);
  const rounding = text(node, 'nearest_mode', isOld ? 'floor' : 'round_prefer_floor');
  const grows = size.every((length, i) => length % shape[i + 2]! === 0);
  if (places === 'asymmetric' && rounding === 'floor') return last(nearestResize(x, size));
  // Between whole copies of a pixel no place is half-way to the next.
  if (
    grows &&
    (places === 'half_pixel' || places === 'pytorch_half_pixel') &&
    rounding.startsWith('round_prefer')
  )
    return last(nearestResize(x, size, true));
  throw refuse(node, `the nearest by ${places} and ${rounding}`);
};

/** An input that is there but empty says nothing. */
const filled = (value: Value | undefined) =>
  value?.kind === 'known' && value.values.length === 0 ? undefined : value;

export const resizeOps: Readonly<Record<string, Op>> = { Resize: resized, Upsample: resized };
