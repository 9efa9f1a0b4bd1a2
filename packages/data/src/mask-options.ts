import type { InstanceLabels } from './instances.js';

/** A stored value: a number, or a colour as `'#rrggbb'`. */
export type MaskValue = number | string;

/** For each class its stored value or values, in the order of the classes or by their names. */
export type MaskValues =
  | readonly (MaskValue | readonly MaskValue[])[]
  | Readonly<Record<string, MaskValue | readonly MaskValue[]>>;

/** How stored mask values become classes. */
export interface MaskOptions {
  /**
   * Stored values of the classes. Default, for two classes: 0 is the first, 1 or 255 (the ends of 1-bit and 8-bit
   * masks) the second, but a mask that holds both is refused; for more: the class indices themselves.
   */
  readonly maskValues?: MaskValues;
  /**
   * Stored values, or colours, of pixels that no class claims (void): they get the label 255, and the dataset's
   * `ignoreIndex` is 255. `[255]` for the masks of Pascal VOC.
   */
  readonly ignoreValues?: readonly MaskValue[];
  /**
   * For two classes, instead of `maskValues`: values above it are the second class. Of several files that are joined: what each
   * of them marks. For lossy (JPEG) masks, 127.
   */
  readonly maskThreshold?: number;
  /** What stored values are: classes (default), or ids of objects (Cellpose, StarDist). */
  readonly labels?: 'classes' | InstanceLabels;
}
