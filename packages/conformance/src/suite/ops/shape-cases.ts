import * as tf from '@tensorflow/tfjs-core';
import type { TensorCase } from '../case.js';
import { given, integers, normals } from '../inputs.js';
import { gradient, value } from './op-case.js';

const x = { x: normals('laid out', [3, 4, 5]) };
const x4 = { x: normals('laid out', [2, 4, 5, 3]) };
const pair = { a: normals('former', [2, 3, 4]), b: normals('latter', [2, 5, 4]) };
const edges: [number, number][] = [
  [0, 0],
  [1, 2],
  [2, 0],
];

/** Ops that only move values. */
const layout: readonly TensorCase[] = [
  gradient('reshape', x, (i) => tf.reshape(i.x!, [4, 15])),
  gradient('transpose 2,0,1', x, (i) => tf.transpose(i.x!, [2, 0, 1])),
  gradient('transpose 0,3,1,2', x4, (i) => tf.transpose(i.x!, [0, 3, 1, 2])),
  gradient('concat axis=1', pair, (i) => tf.concat([i.a!, i.b!], 1)),
  gradient('concat axis=-1', { a: normals('one', [2, 3, 4]), b: normals('two', [2, 3, 1]) }, (i) =>
    tf.concat([i.a!, i.b!], -1),
  ),
  gradient('stack', { a: normals('one', [2, 3]), b: normals('two', [2, 3]) }, (i) =>
    tf.stack([i.a!, i.b!], 1),
  ),
  gradient('unstack', x, (i) => tf.unstack(i.x!, 1)[2]!),
  gradient('split', x, (i) => tf.split(i.x!, [1, 3], 1)[1]!),
  gradient('slice', x, (i) => tf.slice(i.x!, [1, 0, 2], [2, 3, 2])),
  gradient('pad', x, (i) => tf.pad(i.x!, edges, 0.5)),
  gradient('mirrorPad reflect', x, (i) => tf.mirrorPad(i.x!, edges, 'reflect')),
  gradient('tile', x, (i) => tf.tile(i.x!, [1, 2, 3])),
  gradient('broadcastTo', { x: normals('row', [4, 1]) }, (i) => tf.broadcastTo(i.x!, [3, 4, 5])),
  gradient('expandDims and squeeze', x, (i) => tf.squeeze(tf.expandDims(i.x!, 1), [1])),
  gradient('reverse', x, (i) => tf.reverse(i.x!, 1)),
  value('stridedSlice', x, (i) => tf.stridedSlice(i.x!, [0, 1, 4], [3, 4, 0], [1, 2, -2])),
];

const index = { index: given([2, 0, 1, 2], [4], 'int32') };

const indexed: readonly TensorCase[] = [
  gradient('gather', { ...x, ...index }, (i) => tf.gather(i.x!, i.index as tf.Tensor1D)),
  gradient('gather axis=1', { ...x, ...index }, (i) => tf.gather(i.x!, i.index as tf.Tensor1D, 1)),
  value('gather of int32', { x: integers('table', [5, 2], 0, 99), ...index }, (i) =>
    tf.gather(i.x!, i.index as tf.Tensor1D),
  ),
  value('gatherND', { ...x, at: given([0, 1, 2, 3, 1, 1], [3, 2], 'int32') }, (i) =>
    tf.gatherND(i.x!, i.at!),
  ),
  value('scatterND', { at: given([4, 1, 4], [3, 1], 'int32'), rows: normals('rows', [3, 2]) }, (i) =>
    tf.scatterND(i.at!, i.rows!, [6, 2]),
  ),
  gradient('unsortedSegmentSum', { x: normals('rows', [4, 3]), ...index }, (i) =>
    tf.unsortedSegmentSum(i.x!, i.index as tf.Tensor1D, 4),
  ),
  value('oneHot', { labels: given([0, 2, 1, -1, 5], [5], 'int32') }, (i) => tf.oneHot(i.labels!, 3)),
  value('oneHot of float32', { labels: given([0, 2, 1, -1, 5], [5], 'int32') }, (i) =>
    tf.oneHot(i.labels!, 3, 1, 0, 'float32'),
  ),
  value('topk values', x, (i) => tf.topk(i.x!, 3).values),
  value('topk indices', x, (i) => tf.topk(i.x!, 3).indices),
  value('topk of a whole row', { x: normals('row', [1, 300]) }, (i) => tf.topk(i.x!, 300).indices),
  value('topk of equal values', { x: given([1, 3, 3, 2, 3, 1], [1, 6]) }, (i) => tf.topk(i.x!, 6).indices),
];

const made: readonly TensorCase[] = [
  value('fill and range', { x: given([1], []) }, (i) =>
    tf.add(tf.mul(tf.range(0, 5, 1, 'float32'), i.x!), tf.fill([5], 0.5)),
  ),
  value('zerosLike and onesLike', x, (i) => tf.add(tf.zerosLike(i.x!), tf.onesLike(i.x!))),
];

/** Ops that move, pick and make values. */
export const shapeCases: readonly TensorCase[] = [...layout, ...indexed, ...made];
