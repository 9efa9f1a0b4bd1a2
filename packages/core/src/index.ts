/**
 * What every package of SegScape speaks: rasters and samples, seeded random numbers, parameter records,
 * storage, and one typed error. No I/O.
 *
 *     import { random } from '@segscape/core';
 *
 *     const rng = random(7);
 *     rng.normal(); // the same number in Node and in every browser
 *
 * @module
 */
export { assertOption, assertSameShape, type Shaped } from './assert.js';
export {
  type ErrorCode,
  type ErrorDetails,
  type ErrorFacts,
  isSegscapeError,
  SegscapeError,
  throwIfAborted,
} from './errors.js';
export { assertKnown, optionNames } from './known-options.js';
export { decodeParams, encodeParams, readParams, toParams } from './moved.js';
export { nearestWord } from './nearest-word.js';
export type { Optimizer, OptimizerState } from './optimizer.js';
export type { Params } from './parameter-record.js';
export type { PlainTensor } from './plain-tensor.js';
export {
  type Rng,
  type RngState,
  random,
  restoreRandom,
  shuffled,
  type UniformRng,
  uniformRandom,
} from './random.js';
export {
  assertRaster,
  channelStatistics,
  ignoreLabel,
  type Raster,
  type RasterData,
  rasterLength,
  type Sample,
} from './raster.js';
export { isRecord } from './record.js';
export { type DecodedTensors, decodeTensors, encodeTensors } from './safetensors.js';
export { isTensor, sameShape, sizeOf } from './shape.js';
export type { Storage } from './storage.js';
export { turns } from './turns.js';
export { assertOneOf, countOf, type UnknownName, unknownName } from './words.js';
