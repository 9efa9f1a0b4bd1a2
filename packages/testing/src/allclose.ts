import type { Tensor } from '@tensorflow/tfjs-core';
import { toleranceFactor } from './backend.js';

type Numbers = number | boolean | ArrayLike<number> | readonly Numbers[];

export interface Tolerance {
  /** Default 1e-6. */
  readonly abs?: number;
  /** Default 1e-5. */
  readonly rel?: number;
}

interface Flat {
  readonly shape: number[];
  readonly values: number[];
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value;

function flatten(value: Numbers | Tensor): Flat {
  if (isTensor(value)) return { shape: value.shape, values: Array.from(value.dataSync()) };
  if (typeof value === 'number' || typeof value === 'boolean') return { shape: [], values: [Number(value)] };
  if (!Array.isArray(value))
    return { shape: [(value as ArrayLike<number>).length], values: Array.from(value as ArrayLike<number>) };
  const parts = value.map((entry) => flatten(entry as Numbers));
  return { shape: [parts.length, ...(parts[0]?.shape ?? [])], values: parts.flatMap((part) => part.values) };
}

/**
 * Compares a tensor, typed array or nested array with the expected numbers: same shape, and for each
 * element `|got - expected| <= abs + rel * |expected|`; NaN equals NaN. Both tolerances are ten times as wide on a
 * GPU, and zero stays zero.
 */
export function toBeAllclose(
  received: Numbers | Tensor,
  expected: Numbers | Tensor,
  { abs = 1e-6, rel = 1e-5 }: Tolerance = {},
) {
  const factor = toleranceFactor();
  abs *= factor;
  rel *= factor;
  const got = flatten(received);
  const want = flatten(expected);
  if (want.shape.length > 0 && got.shape.join() !== want.shape.join())
    return { pass: false, message: () => `expected shape [${want.shape}], got [${got.shape}]` };
  // One number stands for all values; of none it would be true whatever it is.
  if (want.shape.length === 0 && got.values.length === 0)
    return { pass: false, message: () => `expected ${want.values[0]}, got no values` };
  let worst = -1;
  let excess = 0;
  for (let i = 0; i < got.values.length; i++) {
    const a = got.values[i]!;
    const b = want.values[want.values.length === 1 ? 0 : i]!;
    if (Object.is(a, b) || a === b) continue;
    const over = Math.abs(a - b) - (abs + rel * Math.abs(b));
    if (!(over <= 0) && (Number.isNaN(over) || over > excess)) {
      worst = i;
      excess = over;
    }
  }
  return {
    pass: worst < 0,
    message: () =>
      worst < 0
        ? 'expected the values to differ'
        : `element ${worst}: expected ${want.values[want.values.length === 1 ? 0 : worst]}, got ${got.values[worst]} (abs ${abs}, rel ${rel})`,
  };
}

declare module 'vitest' {
  interface Matchers<T> {
    toBeAllclose(expected: Numbers | Tensor, tolerance?: Tolerance): T;
  }
}
