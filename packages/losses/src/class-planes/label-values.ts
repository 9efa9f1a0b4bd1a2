import { assertRaster, type Raster, SegscapeError } from '@segscape/core';
import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { labelForm } from './labels.js';

/** Backends whose tensors lie in host memory: reading them stalls nothing. A tracing backend is not among them. */
const hostBackends = ['cpu', 'wasm'];

/** Where a flat position lies in a shape: `[0, 3, 2]`. */
function placeOf(at: number, shape: readonly number[]): string {
  let rest = at;
  const place = shape.toReversed().map((size) => {
    const here = rest % size;
    rest = Math.floor(rest / size);
    return here;
  });
  return `[${place.reverse().join(', ')}]`;
}

const unknown = (where: string, what: string, value: number, place: string, problem: string) =>
  new SegscapeError('MASK_VALUE_UNKNOWN', `${where}: ${what} ${value} at ${place} ${problem}`, {
    details: { value, place },
  });

const ignoreAdvice = (value: number) =>
  Number.isInteger(value) ? `, or set ignoreIndex: ${value} if it marks pixels that do not count.` : '.';

/** First position whose value is neither ignored nor allowed; -1 when there is none. */
function firstOdd(
  values: ArrayLike<number>,
  ignoreIndex: number | undefined,
  isAllowed: (value: number) => boolean,
): number {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!isAllowed(value) && value !== ignoreIndex) return i;
  }
  return -1;
}

/**
 * Checks the values of labels where reading them costs no stall (cpu, wasm): class indices are whole numbers below the
 * number of classes, one-hot and soft labels lie in [0, 1], and `ignoreIndex` is always allowed. Elsewhere (WebGL, WebGPU,
 * TensorFlow's own runtime, under jit) labels are taken as they are.
 * @throws {SegscapeError} `MASK_VALUE_UNKNOWN`.
 */
export function assertLabelValues(
  where: string,
  labels: Tensor,
  logits: Tensor,
  ignoreIndex: number | undefined,
): void {
  const form = labelForm(labels.shape, logits.shape);
  if (form === undefined || !hostBackends.includes(getBackend())) return;
  const values = labels.dataSync();
  const classes = logits.shape.at(-1) as number;
  const count = Math.max(classes, 2);
  const isIndex = (value: number) => value >= 0 && value < count && Number.isInteger(value);
  const isShare = (value: number) => value >= 0 && value <= 1;
  const at = firstOdd(values, ignoreIndex, form === 'indices' ? isIndex : isShare);
  if (at < 0) return;
  const value = values[at] as number;
  const odd = (problem: string) => unknown(where, 'label', value, placeOf(at, labels.shape), problem);
  const advice = ignoreAdvice(value);
  if (form === 'shares')
    throw odd(
      classes === 1
        ? `is not in [0, 1], as labels of one logit are. Divide a mask of 0 and 255 by 255${advice}`
        : `is not in [0, 1], as one-hot and soft labels are. Give class indices without the last axis${advice}`,
    );
  if (!Number.isInteger(value))
    throw odd(
      `is no class index. Class indices are whole numbers; give soft labels a last axis of ${classes}.`,
    );
  throw odd(
    classes === 1
      ? `is neither 0 nor 1, as labels of one logit are. Divide a mask of 0 and 255 by 255${advice}`
      : `is not one of the ${classes} classes 0…${classes - 1}. Map it to a class${advice}`,
  );
}

/**
 * Checks that a mask is a raster of class indices: whole numbers from 0 on, or `ignoreIndex`.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`.
 */
export function assertMaskValues(where: string, mask: Raster, ignoreIndex: number | undefined): void {
  assertRaster(where, mask, 'mask');
  if (mask.channels > 1)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected a mask of 1 channel, got ${mask.channels}. Take one channel first.`,
    );
  const { data, depth, height, width } = mask;
  const at = firstOdd(data, ignoreIndex, (value) => value >= 0 && Number.isInteger(value));
  if (at < 0) return;
  const value = data[at] as number;
  const place = placeOf(at, depth === undefined ? [height, width] : [depth, height, width]);
  const advice = `is no class index. Map it to a class${ignoreAdvice(value)}`;
  throw unknown(where, 'mask value', value, place, advice);
}
