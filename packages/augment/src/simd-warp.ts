import type { DisplacementField } from './field.js';
import type { PlaneJob } from './kernel-jobs.js';
import { bytesOf, copyIn, mostBytes, placed } from './module-memory.js';

/** What assembly/warp-*.ts export. */
export interface WarpModule {
  readonly memory: WebAssembly.Memory;
  setSource(height: number, width: number, channels: number, margin: number): void;
  setSingles(source: number, count: number, copy: number): void;
  setField(width: number, dy: number, dx: number, isDouble: boolean): void;
  setMask(from: number, to: number, bytes: number, height: number, width: number, left: number): void;
  maskLeftCount(): number;
  nearest(from: number, to: number): void;
  linearRows(source: number, out: number, left: number, from: number, to: number): number;
  cubicRows(source: number, out: number, left: number, from: number, to: number): number;
}

/** Pixels that are resampled at a time: their field and results stay in the processor's cache. */
const bandPixels = 65_536;

export const fits = ({ width }: DisplacementField, image: PlaneJob, mask?: PlaneJob) =>
  width <= 16 * bandPixels && image.source.data.byteLength + (mask?.source.data.byteLength ?? 0) <= mostBytes;

/** Takes over what one band of rows gave. */
function takeOver(
  memory: WebAssembly.Memory,
  job: PlaneJob,
  at: Band,
  out: number,
  left: number,
  count: number,
) {
  const { channels } = job.source;
  const own = bytesOf(job.out.subarray(at.first * channels, (at.first + at.pixels) * channels));
  own.set(new Uint8Array(memory.buffer, out, own.byteLength));
  const pixels = new Int32Array(memory.buffer, left, count);
  for (const pixel of pixels) job.left.push(at.first + pixel);
}

/** Some rows of a field. */
interface Band {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly pixels: number;
}

export function warp(
  module: WarpModule,
  order: 0 | 1 | 3,
  field: DisplacementField,
  image: PlaneJob | undefined,
  mask: PlaneJob | undefined,
): void {
  const { memory } = module;
  const { height, width, dy, dx } = field;
  const rows = Math.max(1, Math.min(height, Math.floor(bandPixels / width)));
  const pixels = rows * width;
  const pixelBytes = (job?: PlaneJob) => (job ? job.out.BYTES_PER_ELEMENT * job.source.channels : 0);
  const both =
    dy.BYTES_PER_ELEMENT === dx.BYTES_PER_ELEMENT ? [dy, dx] : [Float64Array.from(dy), Float64Array.from(dx)];
  const [down, across] = both as [Float64Array, Float64Array];
  // Bytes are tried in single precision first.
  const singles = order === 3 && image?.out instanceof Uint8Array ? image.source.data.length : 0;
  const places = placed(memory, [
    image?.source.data.byteLength ?? 0,
    mask?.source.data.byteLength ?? 0,
    pixels * down.BYTES_PER_ELEMENT,
    pixels * down.BYTES_PER_ELEMENT,
    pixels * pixelBytes(image),
    pixels * pixelBytes(mask),
    4 * pixels,
    4 * pixels,
    4 * singles,
  ]);
  const [source, maskSource, fieldY, fieldX, out, maskOut, left, maskLeft, copy] = places as Nine;
  if (image) {
    const { data, shape, channels, shift } = image.source;
    copyIn(memory, source, data);
    module.setSource(shape[0]!, shape[1]!, channels, shift);
    module.setSingles(source, singles, copy);
  }
  if (mask) copyIn(memory, maskSource, mask.source.data);
  module.setField(width, fieldY, fieldX, down.BYTES_PER_ELEMENT === 8);
  const [maskHeight, maskWidth] = mask?.source.shape ?? [0, 0];
  module.setMask(maskSource, maskOut, pixelBytes(mask), maskHeight!, maskWidth!, maskLeft);
  for (let from = 0; from < height; from += rows) {
    const to = Math.min(height, from + rows);
    const band: Band = { from, to, first: from * width, pixels: (to - from) * width };
    copyIn(memory, fieldY, down.subarray(band.first, to * width));
    copyIn(memory, fieldX, across.subarray(band.first, to * width));
    if (image) {
      const run = order === 1 ? module.linearRows : module.cubicRows;
      takeOver(memory, image, band, out, left, run(source, out, left, from, to));
    } else module.nearest(from, to);
    if (mask) takeOver(memory, mask, band, maskOut, maskLeft, module.maskLeftCount());
  }
}

type Nine = [number, number, number, number, number, number, number, number, number];
