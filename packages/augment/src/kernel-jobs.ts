import type { RasterData } from '@segscape/core';
import type { DisplacementField } from './field.js';
import type { Source } from './sampling.js';

/** Works on up to eight lines at once. */
export interface LineWorker {
  /** To be filled; what `run` starts from. */
  readonly strip: Float64Array;
  /** What `run` leaves. */
  readonly result: Float64Array;
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
  /**
   * Smooths `step` lines that lie side by side: `n + 2 · radius` positions become `n`. `half` is one half of the kernel,
   * its centre first.
   */
  convolver(n: number, half: Float64Array, step: number): LineWorker;
  /** Solves the cubic spline's equations of eight interleaved lines, `n` positions in place. */
  solver(n: number, elimination: Elimination): LineWorker;
  /** Resamples the inside of a slice by `order`, and along with it another by its nearest pixels. */
  warp(order: 0 | 1 | 3, field: DisplacementField, image: PlaneJob, mask?: PlaneJob): void;
}
