import type { RasterData, Rng } from '@segscape/core';
import type { DisplacementField } from './field.js';
import type { Source } from './sampling.js';
import type { Lines } from './strips.js';

/** One axis along which values are smoothed. */
export interface SmoothingPass {
  readonly lines: Lines;
  /** One half of the kernel, its centre first. */
  readonly half: Float64Array;
  /** Which position of a line each of the `n + 2 · radius` that the kernel reaches is; −1 stands for `cval`. */
  readonly places: Int32Array;
}

/** Values that lie where the loops reach them. */
export interface Block {
  /** To be filled; `run` works on them in place. */
  readonly values: Float64Array;
  readonly run: () => void;
}

export interface Smoother extends Block {
  /** Fills `values` with draws, uniform in [−1, 1), in single precision: what a field of float32 noise holds. */
  readonly drawNoise: (rng: Rng) => void;
  /** All values times a factor, in single precision; `values` is to be filled anew after it. */
  readonly scaled: (factor: number) => Float32Array;
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
  /** Empty: the pixels that need a border's rule are listed here. */
  readonly left: number[];
}

/** One axis along which a cubic spline's equations are solved. */
export interface SolvingPass {
  readonly lines: Lines;
  readonly elimination: Elimination;
}

/** The loops that take the time; every form of them gives the same bits. */
export interface Kernels {
  /** Smooths `count` values along one axis after the other. What it returns serves until the next is asked for. */
  smoother(count: number, passes: readonly SmoothingPass[], cval: number): Smoother;
  /** Solves the cubic spline's equations of `count` values, one axis after the other. Serves as long as a smoother does. */
  solver(count: number, passes: readonly SolvingPass[]): Block;
  /** Resamples the inside of a slice by `order`, and along with it another by its nearest pixels. */
  warp(order: 0 | 1 | 3, field: DisplacementField, image: PlaneJob, mask?: PlaneJob): void;
}
