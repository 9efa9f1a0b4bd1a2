/** A sound file of a kind that is not read here; the message says what to convert it to. Others mean damage. */
export class Unsupported extends Error {}

/** Bounds that hold before anything is allocated. */
export interface Limits {
  /** Most bytes of decoded pixels: height × width × channels × bytes a value, all pages of a stack together. */
  readonly maxBytes: number;
  /** Bytes that other pages took already. */
  readonly taken?: number;
}

/** 256 MiB: 67 million float32 pixels, 89 million RGB ones. */
export const defaultLimits: Limits = { maxBytes: 2 ** 28 };

/** What a file says of its picture. */
export interface Declared {
  readonly width: number;
  readonly height: number;
  /** Slices of a volume. */
  readonly depth?: number;
  /** Default 1. */
  readonly channels?: number;
  /** Bytes of one value. Default 1. */
  readonly widthOfValue?: number;
}

/**
 * Throws unless the declared size is one of a picture and within the bounds; `present` bytes of data, each of which
 * can give at most `most` bytes of pixels, must suffice for it. So no few bytes make much memory or take long.
 */
export function assertDeclared(
  declared: Declared,
  { maxBytes, taken = 0 }: Limits,
  data?: { readonly present: number; readonly most: number },
): void {
  const { width, height, depth, channels = 1, widthOfValue = 1 } = declared;
  const slices = depth ?? 1;
  const sides = `${width}×${height}${depth === undefined ? '' : `×${depth}`}`;
  if (![width, height, slices, channels].every((size) => Number.isInteger(size) && size > 0))
    throw new Error(`it declares ${sides} pixels of ${channels} channels`);
  const bytes = width * height * slices * channels * widthOfValue;
  const size = `${sides} pixels of ${channels} channel${channels === 1 ? '' : 's'}`;
  if (data !== undefined && bytes > data.present * data.most)
    throw new Error(`it declares ${size}, but holds only ${data.present} bytes of data`);
  if (bytes + taken > maxBytes)
    throw new Unsupported(
      `it declares ${size}, ${bytes + taken} bytes in all, and maxBytes is ${maxBytes}; raise maxBytes, or cut or shrink the picture`,
    );
}
