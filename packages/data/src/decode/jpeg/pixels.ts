import { lumaToRgb } from './colour.js';
import type { JpegFile } from './file.js';
import type { BlockEdge } from './reduced-dct.js';
import { pixelsBySimd, type Times } from './simd.js';
import { type Plane, upsampledRow } from './upsample.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of a picture whose blocks of 8×8 become ones of that edge. */
export const reducedSize = ({ width, height }: JpegFile['frame'], edge: BlockEdge) => ({
  width: Math.ceil((width * edge) / 8),
  height: Math.ceil((height * edge) / 8),
});

/** Components at full size, side by side, luma and chroma as red, green and blue. */
export function pixelsOf(
  { frame, components }: JpegFile,
  luma: boolean,
  smallest: BlockEdge = 8,
): Uint8ClampedArray {
  const { h, v } = frame;
  const size = reducedSize(frame, smallest);
  const { width, height } = size;
  const channels = components.length;
  const planes: Plane[] = components.map(({ component, edge, samples }) => ({
    data: samples,
    stride: component.stride * edge,
    width: Math.ceil((frame.width * component.h * edge) / (h * 8)),
    height: Math.ceil((frame.height * component.v * edge) / (v * 8)),
  }));
  if (channels === 1) {
    const [{ data, stride }] = planes as [Plane];
    // Without columns or rows that fill up its blocks.
    if (stride === width && data.length === width * height) return data;
    const out = new Uint8ClampedArray(width * height);
    for (let y = 0; y < height; y++) out.set(data.subarray(y * stride, y * stride + width), y * width);
    return out;
  }
  const times = components.map(({ component, edge }) => ({
    across: (h * smallest) / (component.h * edge),
    down: (v * smallest) / (component.v * edge),
  }));
  const interpolates = smallest > 1;
  const usual = channels === 3 && interpolates;
  const quick = usual ? pixelsBySimd(planes as [Plane, Plane, Plane], times, size, luma) : undefined;
  return quick ?? plainPixels(planes, times, size, luma, interpolates);
}

/** As `pixelsOf`, in plain TypeScript. @param interpolates chroma of half the width or height; or repeats it. */
export function plainPixels(
  planes: readonly Plane[],
  times: readonly Times[],
  { width, height }: Size,
  luma: boolean,
  interpolates: boolean,
): Uint8ClampedArray {
  const channels = planes.length;
  const out = new Uint8ClampedArray(width * height * channels);
  // Chroma comes in pairs, of which an odd width leaves one over.
  const rows = planes.map(() => new Int32Array(width + 1));
  // Luma is as large as the picture, and read where it lies, unless a file is odd.
  const whole = luma && times[0]!.across === 1 && times[0]!.down === 1;
  const [brightness] = planes as [Plane, ...Plane[]];
  const odd = new Uint8ClampedArray(whole ? 0 : width);
  for (let y = 0; y < height; y++) {
    const at = y * width * channels;
    for (let c = whole ? 1 : 0; c < channels; c++) {
      const row = rows[c]!;
      upsampledRow(planes[c]!, y, times[c]!.across, times[c]!.down, width, row, interpolates);
      if (!luma || c === 3) for (let x = 0; x < width; x++) out[at + x * channels + c] = row[x]!;
      else if (c === 0) for (let x = 0; x < width; x++) odd[x] = row[x]!;
    }
    const [, cb, cr] = rows as [Int32Array, Int32Array, Int32Array];
    if (whole) lumaToRgb(brightness.data, y * brightness.stride, cb, cr, width, out, at, channels);
    else if (luma) lumaToRgb(odd, 0, cb, cr, width, out, at, channels);
  }
  return out;
}
