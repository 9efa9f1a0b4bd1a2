import type { RasterData } from '@segscape/core';
import type { DisplacementField } from './field.js';
import type { Source } from './sampling.js';
import type { Lines } from './strips.js';

/** Works on up to eight lines at once. */
export interface LineWorker {
  /** To be filled; what `run` starts from. */
  readonly strip: Float64Array;
  /** What `run` leaves. */
  readonly result: Float64Array;
  readonly run: () => void;
}

/** One axis along which values are smoothed. */
export interface SmoothingPass {
  readonly lines: Lines;
  /** One half of the kernel, its centre first. */
  readonly half: Float64Array;
  /** Which position of a line each of the `n + 2 · radius` that the kernel reaches is; −1 stands for `cval`. */
  readonly places: Int32Array;
}

/** Values that lie where the loops reach them. */
export interface Smoother {
  /** To be filled; `run` smooths them in place. */
  readonly values: Float64Array;
  readonly run: () => void;
}

/** Factors that solve tridiagonal equations. */
export interface Elimination {
  readonly factor: Float64Array;
  readonly upper: Float64Array;
  readonly diagonal: Float64Array;
}

/** One slice to be resampled. */
export interface PlaneJob {
  readonly source: Source;
  readonly out: RasterData;
  /** Room for as many pixels as the field has: those that need a border's rule are listed here. */
  readonly left: Int32Array;
  /** How many these are. */
  count: number;
}

/** The loops that take the time; every form of them gives the same bits. */
export interface Kernels {
  /** Smooths `count` values along one axis after the other. What it returns serves until the next is asked for. */
  smoother(count: number, passes: readonly SmoothingPass[], cval: number): Smoother;
  /** Solves the cubic spline's equations of eight interleaved lines, `n` positions in place. */
  solver(n: number, elimination: Elimination): LineWorker;
  /** Resamples the inside of a slice by `order`, and along with it another by its nearest pixels. */
  warp(order: 0 | 1 | 3, field: DisplacementField, image: PlaneJob, mask?: PlaneJob): void;
}
