import { reshape, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { OnnxNode } from './parse.js';
import { linearResize, nearestResize } from './resampling.js';
import { chosenAlong, weightedAlong } from './resampling-axis.js';
import { isExact, resizedAxes } from './resize-size.js';
import {
  cubicKernel,
  linearKernel,
  nearestPlaces,
  type Placing,
  placings,
  type ResizedAxis,
  type Rounding,
  roundings,
  sampleWeights,
} from './sample-weights.js';
import {
  axisIn,
  channelsLast,
  inOrder,
  last,
  number,
  type Op,
  plain,
  refuse,
  required,
  shapeOf,
  text,
  type Value,
} from './value.js';

/**
 * Images as they are; volumes in two steps, rows and columns of every slice and then the slices of every row and column.
 * @param resize gives `[batch, height, width, channels]` another height and width.
 */
function bySlices(
  x: Tensor,
  size: readonly number[],
  resize: (x: Tensor4D, size: readonly [number, number]) => Tensor,
): Tensor {
  const [thick, high, wide] = size as [number, number, number];
  if (x.rank === 4) return resize(x as Tensor4D, size as readonly [number, number]);
  const [batch, depth, height, width, channels] = x.shape as [number, number, number, number, number];
  const flat = resize(reshape(x, [batch * depth, height, width, channels]), [high, wide]);
  if (thick === depth) return reshape(flat, [batch, depth, high, wide, channels]);
  const columns: Tensor4D = reshape(flat, [batch, depth, 1, high * wide * channels]);
  return reshape(resize(columns, [thick, 1]), [batch, thick, high, wide, channels]);
}

/** An attribute that is one of some words. */
function oneOf<T extends string>(node: OnnxNode, name: string, words: readonly T[], otherwise: T): T {
  const found = text(node, name, otherwise);
  const word = words.find((each) => each === found);
  if (word === undefined) throw refuse(node, `${name} ${found}`);
  return word;
}

/** What a node asks for. */
interface Asked {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly placing: Placing;
  /** Of axes that grow, and of those that shrink: up to opset 10 they differ. */
  readonly rounding: readonly [grown: Rounding, shrunk: Rounding];
  readonly antialias: boolean;
  readonly excludeOutside: boolean;
}

function askedOf(node: OnnxNode, isOld: boolean): Asked {
  const rounding = oneOf(node, 'nearest_mode', roundings, 'round_prefer_floor');
  const mode = oneOf(node, 'mode', ['nearest', 'linear', 'bilinear', 'cubic'], 'nearest');
  return {
    mode: mode === 'bilinear' ? 'linear' : mode,
    placing: oneOf(node, 'coordinate_transformation_mode', placings, isOld ? 'asymmetric' : 'half_pixel'),
    rounding: isOld ? ['floor', 'ceil'] : [rounding, rounding],
    antialias: number(node, 'antialias', 0) === 1,
    excludeOutside: number(node, 'exclude_outside', 0) === 1,
  };
}

/** As TensorFlow.js resizes, where it places samples as the node does: its backends are made for that. */
function ready(
  { mode, placing, rounding, antialias, excludeOutside }: Asked,
  axes: readonly ResizedAxis[],
): ((x: Tensor4D, size: readonly [number, number]) => Tensor) | undefined {
  if (antialias || excludeOutside || axes.some(({ axis }) => axis < 2) || !axes.every(isExact)) return;
  const isHalf =
    placing === 'half_pixel' || (placing === 'pytorch_half_pixel' && axes.every(({ to }) => to > 1));
  if (mode === 'linear') {
    const by = isHalf ? 'half_pixel' : placing;
    if (by === 'half_pixel' || by === 'align_corners' || by === 'asymmetric')
      return (x, size) => linearResize(x, size, by);
  }
  if (mode !== 'nearest') return;
  const roundsDown = axes.every(
    ({ from, to }) => rounding[to < from ? 1 : 0] === 'floor' || (to < from && from % to === 0),
  );
  if (placing === 'asymmetric' && roundsDown) return (x, size) => nearestResize(x, size, false);
  // Between whole copies of a pixel no place is half-way to the next.
  if (isHalf && rounding[0].startsWith('round_prefer') && axes.every(({ from, to }) => to % from === 0))
    return (x, size) => nearestResize(x, size, true);
  return;
}

/** Axis after axis, as weighted sums or single values of what is there. */
function separately(node: OnnxNode, value: Value, asked: Asked, axes: readonly ResizedAxis[]): Value {
  const { mode, placing, rounding } = asked;
  const given = value.kind === 'known' ? plain(inOrder(value)) : value;
  const kernel = mode === 'cubic' ? cubicKernel(number(node, 'cubic_coeff_a', -0.75)) : linearKernel;
  const tensor = axes.reduce((x, axis) => {
    const at = axisIn(given, axis.axis);
    if (mode === 'nearest')
      return chosenAlong(x, at, nearestPlaces(axis, placing, rounding[axis.factor < 1 ? 1 : 0]));
    return weightedAlong(x, at, axis.to, sampleWeights(axis, { ...asked, kernel }));
  }, given.tensor);
  return { ...given, tensor };
}

/** `Resize` and `Upsample`, of any axes. */
const resized: Op = (node, inputs, { opset }) => {
  const value = required(node, inputs[0], 0);
  const shape = shapeOf(value);
  const isOld = node.op === 'Upsample' || opset < 11;
  const axes = resizedAxes(node, shape, isOld ? inputs[1] : filled(inputs[2]), filled(inputs[3]));
  const asked = askedOf(node, isOld);
  // By the specification's text corners lie on corners of the rounded length; its own test has those of the length before.
  if (asked.placing === 'align_corners' && !axes.every(isExact))
    throw refuse(node, 'aligned corners and factors that give no whole lengths');
  if (axes.length === 0) return value;
  const resize = shape.length === 4 || shape.length === 5 ? ready(asked, axes) : undefined;
  if (resize === undefined) return separately(node, value, asked, axes);
  const size = shape.slice(2);
  for (const { axis, to } of axes) size[axis - 2] = to;
  return last(bySlices(channelsLast(value), size, resize));
};

/** An input that is there but empty says nothing. */
const filled = (value: Value | undefined) =>
  value?.kind === 'known' && value.values.length === 0 ? undefined : value;

export const resizeOps: Readonly<Record<string, Op>> = { Resize: resized, Upsample: resized };
