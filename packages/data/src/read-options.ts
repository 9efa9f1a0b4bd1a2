import type { ChannelAxis } from './decode/tiff.js';

export type { ChannelAxis } from './decode/tiff.js';

/**
 * `'portable'` gives the same bits in Node and in browsers; `'sharp'` is faster for JPEG, in Node only (CMYK, and what it
 * refuses, is left to the portable one).
 */
export type Decoder = 'portable' | 'sharp';

export interface ReadOptions {
  /**
   * `'image'` (default): palette colours looked up, 1-, 2- and 4-bit grays stretched to 0–255, MinIsWhite inverted.
   * `'labels'`: palette indices, few-bit and MinIsWhite values as stored; only a palette of grays alone is looked up.
   * `'instances'`: as `'labels'`, and ids that do not fit 32 bits signed are numbered anew from 1 in their order.
   */
  readonly as?: 'image' | 'labels' | 'instances';
  /** `'drop'` leaves out an alpha channel that the file declares as such. Default `'keep'`: it is the last channel. */
  readonly alpha?: 'keep' | 'drop';
  /** `'apply'` (default) turns the picture upright as EXIF or TIFF's tag 274 says; `'ignore'` leaves it as stored. */
  readonly orientation?: 'apply' | 'ignore';
  /**
   * Which pages of a TIFF are channels of one picture: those that ImageJ, OME-XML or tifffile say (`'auto'`, the
   * default), all (`'pages'`), or none (`'samples'`: each page of such a picture is one of its own).
   */
  readonly channelAxis?: ChannelAxis;
  /**
   * Which page of a TIFF, by its place in the file from 0, as a picture of its own whatever the file says of it; or which of
   * several PNM pictures.
   */
  readonly page?: number;
  /** Which point in time of a TIFF, or frame of an animation, from 0; must be said where there are several. */
  readonly time?: number;
  /** Which of the pictures that OME-XML or tifffile tell of, from 0; must be said where there are several. */
  readonly series?: number;
  /**
   * Which level of a TIFF's pyramid (SubIFDs of OME-TIFF, pages that call themselves smaller copies), 0 the largest. Default
   * 0, or as `scale` says.
   */
  readonly level?: number;
  /** The smallest level that has at least so much of the largest one's height and width. */
  readonly scale?: number;
  /**
   * Reads a JPEG at a half, a quarter or an eighth of both its sides, rounded up, from as many of its frequencies: faster than
   * to read it whole and shrink it, and not the same bits as that. libjpeg-turbo's `-scale 1/2`, with either decoder. Other
   * formats refuse it. Default 1.
   */
  readonly shrink?: 1 | 2 | 4 | 8;
  /** Default `'portable'`. */
  readonly decoder?: Decoder;
  /**
   * Most bytes of decoded pixels (height × width × channels × bytes a value), all pages of a stack together.
   * Default 2²⁸, 256 MiB.
   */
  readonly maxBytes?: number;
}

/** Which picture of a file that holds several. */
export type PlaneOptions = Pick<ReadOptions, 'page' | 'time' | 'series'>;

/** Those of the options that choose a picture. */
export const planeOptions = ({ page, time, series }: PlaneOptions): PlaneOptions => ({
  ...(page !== undefined && { page }),
  ...(time !== undefined && { time }),
  ...(series !== undefined && { series }),
});
