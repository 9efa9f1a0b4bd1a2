import type { PixelOffset } from '../mask-offset.js';

/** Something that a plan should know of. */
export interface Finding {
  readonly kind:
    | 'rare'
    | 'empty'
    | 'absent'
    | 'small'
    | 'unequal'
    | 'thin'
    | 'many'
    | 'touching'
    | 'ragged'
    | 'few'
    | 'duplicates'
    | 'void'
    | 'beside'
    | 'notFinite'
    | 'unscaled';
  /** `'warning'`: left alone, it spoils the result. */
  readonly level: 'note' | 'warning';
  /** What was seen and what to do, in one or two sentences. */
  readonly text: string;
  /** The images that it is of, where it is of some. */
  readonly images?: readonly string[];
}

/** A loss to begin with, as a config says it. */
export interface Proposal {
  readonly loss: Readonly<Record<string, unknown>> & { readonly kind: string };
  readonly label: string;
  readonly reason: string;
  readonly paper: string;
}

/** What to score by beside overlap, as a config says it. */
export interface MeasureProposal {
  readonly measure: Readonly<Record<string, unknown>> & { readonly kind: string };
  readonly label: string;
  readonly reason: string;
  readonly paper: string;
}

/** How images come to a network in reasonable time. */
export interface FramingProposal {
  /** For `data` of a config: `maxPixels`, or `crop` and `foreground`; empty where images are small. */
  readonly data: {
    readonly maxPixels?: number;
    readonly crop?: readonly number[];
    readonly foreground?: number;
  };
  /** Absent where there is nothing to do. */
  readonly reason?: string;
}

/** What a class looks like over all masks; lengths in pixels, of volumes in voxels. */
export interface ClassFacts {
  readonly name: string;
  /** Mean share of the claimed pixels. */
  readonly share: number;
  /** Images without a pixel of it. */
  readonly without: readonly string[];
  /** Objects in an image, median over the images that have some. */
  readonly objects: number;
  /** Diameter of a disc of an object's area, in a volume of a ball: smallest tenth, median, largest tenth. */
  readonly diameters: readonly [number, number, number];
  /** Median width of the objects. */
  readonly width: number;
  /** Area over squared width, weighted by area: 0.8 of a disc, 10 and more of vessels. Volume over cubed width: 0.5 of a ball. */
  readonly elongation: number;
  /** Objects after touching ones are split, over objects. */
  readonly touching: number;
  /** Share of the border that a 3×3 majority would change: 0.05 and below of smooth borders. */
  readonly ragged: number;
}

export interface MaskExamination extends SeenMasks {
  readonly findings: readonly Finding[];
  /** Losses to begin with, the most fitting first, each with its reason. */
  readonly proposals: readonly Proposal[];
  /** What to score by beside overlap, each with its reason. */
  readonly measures: readonly MeasureProposal[];
  readonly framing: FramingProposal;
}

/** Where masks lie beside the edges of their images, in pixels: down, then to the right. */
export interface MeanOffset {
  readonly mean: PixelOffset;
  /** Standard error of the mean. */
  readonly error: PixelOffset;
  /** Patients, or else images, of which it is the mean. */
  readonly count: number;
}

/** What was seen of the masks, and nothing made of it yet. */
export interface SeenMasks {
  /** Images that were looked at, of all. */
  readonly images: number;
  readonly of: number;
  readonly groups: number;
  /** Height and width, of volumes with the depth before them: the least and the most along each axis. */
  readonly sizes: { readonly smallest: readonly number[]; readonly largest: readonly number[] };
  readonly classes: readonly ClassFacts[];
  /** Share of pixels that no class claims. */
  readonly ignored: number;
  /** Images whose pictures are equal byte by byte. */
  readonly duplicates: readonly (readonly string[])[];
  /** Images with values that are NaN or infinite, and how many; absent where there are none. */
  readonly notFinite?: readonly { readonly id: string; readonly count: number }[];
  /** Images that do not say how large a pixel is; absent where all do or none does. */
  readonly unscaled?: readonly string[];
  /** Absent where fewer than two patients or images tell. */
  readonly offset?: MeanOffset;
}
