import type { Raster, Storage } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import type { JitOptions } from '@segscape/jit';
import type { StudyInput } from '../config/schema.js';
import type { Measure } from '../kinds/measure.js';
import type { StudyRegistry } from '../kinds/registry.js';
import type { KnownNetwork } from '../predict/known-network.js';
import type { JudgedLoss } from './judged-losses.js';

/** Probabilities that somebody's network gave, image by image. */
export interface ProbabilityMaps {
  /** Names of the images, as the truth has them. */
  readonly ids: readonly string[];
  /**
   * The probabilities of one image.
   * @param index its place in `ids`.
   * @returns float32 `[height, width, classes]`, in [0, 1], summing to 1 at each pixel.
   */
  get(index: number): Promise<Raster>;
}

/** Surfaces around weights that nobody trained here. */
export interface JudgedSurfacesOptions {
  /** Points along each side; 0 draws none. Default 15. */
  readonly resolution?: number;
  /** Steps along each direction go from −range to range. Default 1. */
  readonly range?: number;
  /** Of how many images, evenly through the set; of large ones the middle 256 × 256 pixels. Default 8. */
  readonly samples?: number;
  /** Of the directions. Default 1. */
  readonly seed?: number;
  readonly jit?: JitOptions;
}

/** What is judged. */
export interface JudgeOptions {
  /** The masks that are right; ids are names of images, groups patients. */
  readonly truth: Dataset;
  /** Masks by the name of who made them, of the same images. */
  readonly predictions?: Readonly<Record<string, Dataset>>;
  /** Probabilities by the name of whose they are; their masks are the likeliest classes. They need a backend, for loss maps. */
  readonly probabilities?: Readonly<Record<string, ProbabilityMaps>>;
  /**
   * What surfaces are evaluated with, and of whose pixelwise ones the report shows maps, where there are probabilities: made, or
   * as a config names them. Default cross-entropy, focal loss of γ = 2, and Dice.
   */
  readonly losses?: readonly (JudgedLoss | NonNullable<StudyInput['losses']>[number])[];
  /** Where losses are known by their names. Default `studyRegistry`. */
  readonly registry?: StudyRegistry;
  /** Networks by the names of whose they are, around whose weights surfaces are drawn; they need a backend and `images`. */
  readonly networks?: Readonly<Record<string, KnownNetwork>>;
  /** How surfaces are drawn. */
  readonly surfaces?: JudgedSurfacesOptions;
  /** The images themselves, for the report's pictures and for surfaces. */
  readonly images?: Dataset;
  /** Beside the overlap measures. */
  readonly measures?: readonly { readonly name: string; readonly measure: Measure }[];
  /** Size of a pixel in µm, [y, x], in place of the files' own. */
  readonly spacing?: readonly [number, number];
  /** An empty folder for the scores and the report. */
  readonly storage: Storage;
  /** What the report calls it. */
  readonly title?: string;
  /** Images whose pictures are shown: those that the masks disagree on most. Default 6. */
  readonly shown?: number;
  readonly signal?: AbortSignal;
}
