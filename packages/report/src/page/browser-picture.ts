import type { PackedRange } from '../pictures/packed-values.js';

/** A picture of an image. */
export interface BrowserPicture {
  /** Which image it shows. */
  readonly sample: string;
  readonly title: string;
  /** Of the network trained with which loss; undefined for the image itself and its truth. */
  readonly loss?: string;
  /** Epochs (or iterations) of training that the network had; undefined for the weights that were scored. */
  readonly epoch?: number;
  /** What a browser takes for an image's `src`. */
  readonly source: string;
  readonly width: number;
  readonly height: number;
  /** The numbers behind the colours of a loss map, as `packValues` keeps them. */
  readonly values?: PackedRange & { readonly source: string };
  /** Maps of an image that name the same here are coloured on one scale; default all that name nothing. */
  readonly scaleOf?: string;
}
