import type { RasterData } from '@segscape/core';
import type { DisplacementField } from './field.js';
import { lineBytes, warpFloat32Bytes, warpUint8Bytes } from './kernel-bytes.js';
import type { Elimination, Kernels, LineWorker, PlaneJob, Smoother, SmoothingPass } from './kernel-jobs.js';
import { plainKernels } from './kernels-plain.js';
import { lanes } from './strips.js';

/** What assembly/lines.ts exports. */
interface LineModule {
  readonly memory: WebAssembly.Memory;
  smooth(
    values: number,
    outer: number,
    n: number,
    inner: number,
    half: number,
    radius: number,
    places: number,
    cval: number,
    strip: number,
  ): void;
  solve(strip: number, factor: number, upper: number, diagonal: number, n: number): void;
}

/** What assembly/warp-*.ts export. */
interface WarpModule {
  readonly memory: WebAssembly.Memory;
  setSource(height: number, width: number, channels: number, margin: number): void;
  setField(width: number, dy: number, dx: number, isDouble: boolean): void;
  setMask(from: number, to: number, bytes: number, height: number, width: number, left: number): void;
  maskLeftCount(): number;
  nearest(from: number, to: number): void;
  linearRows(source: number, out: number, left: number, from: number, to: number): number;
  cubicRows(source: number, out: number, left: number, from: number, to: number): number;
}

/** Modules below 4 KB compile at once even where a page waits for them. */
function instance<T>(base64: string): T {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as T;
}

/** Where arrays of these sizes (in bytes) lie in a module's memory, which grows to hold them. */
function placed(memory: WebAssembly.Memory, sizes: readonly number[]): number[] {
  let end = 1024;
  const places = sizes.map((size) => {
    const place = end;
    // Room behind each for loads that reach past its last value.
    end = Math.ceil((end + size + 32) / 64) * 64;
    return place;
  });
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  return places;
}

type Block = RasterData | Float64Array;

/** Copies an array into a module's memory. */
const copyIn = ({ buffer }: WebAssembly.Memory, place: number, values: Block) =>
  new Uint8Array(buffer, place, values.byteLength).set(bytesOf(values));

const bytesOf = (values: Block) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Values and the tables of all passes, side by side in a module's memory. */
function smoother(
  { memory, smooth }: LineModule,
  count: number,
  passes: readonly SmoothingPass[],
  cval: number,
): Smoother {
  const longest = Math.max(0, ...passes.map(({ places }) => places.length));
  // The loop writes four positions at a time, and reads as many.
  const sizes = [
    8 * lanes * (longest + 4),
    ...passes.flatMap((pass) => [pass.half, pass.places]).map(byteLength),
  ];
  const [strip, ...tables] = placed(memory, [...sizes, 8 * count]) as [number, ...number[]];
  const at = tables.pop()!;
  return {
    values: new Float64Array(memory.buffer, at, count),
    run: () =>
      passes.forEach(({ lines: { outer, n, inner }, half, places }, pass) => {
        const [weights, table] = tables.slice(2 * pass, 2 * pass + 2) as [number, number];
        copyIn(memory, weights, half);
        copyIn(memory, table, places);
        smooth(at, outer, n, inner, weights, half.length - 1, table, cval, strip);
      }),
  };
}

const byteLength = (values: Block) => values.byteLength;

function solver(module: LineModule, n: number, { factor, upper, diagonal }: Elimination): LineWorker {
  const { memory } = module;
  const places = placed(memory, [8 * n * lanes, 8 * n, 8 * n, 8 * n]);
  const [a, f, u, d] = places as [number, number, number, number];
  copyIn(memory, f, factor);
  copyIn(memory, u, upper);
  copyIn(memory, d, diagonal);
  const strip = new Float64Array(memory.buffer, a, n * lanes);
  return { strip, result: strip, run: () => module.solve(a, f, u, d, n) };
}

/** Pixels that are resampled at a time: their field and results stay in the processor's cache. */
const bandPixels = 65_536;
/** What a module that stays may hold of pictures and values, bytes; its memory never shrinks. */
const mostBytes = 2 ** 26;

const fits = ({ width }: DisplacementField, image: PlaneJob, mask?: PlaneJob) =>
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
  for (let i = 0; i < count; i++) job.left[job.count++] = at.first + pixels[i]!;
}

/** Some rows of a field. */
interface Band {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly pixels: number;
}

function warp(
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
  const places = placed(memory, [
    image?.source.data.byteLength ?? 0,
    mask?.source.data.byteLength ?? 0,
    pixels * down.BYTES_PER_ELEMENT,
    pixels * down.BYTES_PER_ELEMENT,
    pixels * pixelBytes(image),
    pixels * pixelBytes(mask),
    4 * pixels,
    4 * pixels,
  ]);
  const [source, maskSource, fieldY, fieldX, out, maskOut, left, maskLeft] = places as Eight;
  if (image) {
    const { data, shape, channels, shift } = image.source;
    copyIn(memory, source, data);
    module.setSource(shape[0]!, shape[1]!, channels, shift);
    image.count = 0;
  }
  if (mask) {
    copyIn(memory, maskSource, mask.source.data);
    mask.count = 0;
  }
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

type Eight = [number, number, number, number, number, number, number, number];

/** WebAssembly with SIMD; undefined where it cannot be had: an engine without it, or a page whose policy forbids it. */
export function simdKernels(): Kernels | undefined {
  let lines: LineModule;
  try {
    lines = instance<LineModule>(lineBytes);
  } catch {
    return undefined;
  }
  let [bytes, floats]: [WarpModule?, WarpModule?] = [];
  const forBytes = () => (bytes ??= instance<WarpModule>(warpUint8Bytes));
  const forFloats = () => (floats ??= instance<WarpModule>(warpFloat32Bytes));
  return {
    smoother(count, passes, cval) {
      // The memory of a module of its own goes with the values in it.
      const module = 8 * count <= mostBytes ? lines : instance<LineModule>(lineBytes);
      try {
        return smoother(module, count, passes, cval);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return plainKernels.smoother(count, passes, cval);
      }
    },
    solver: (n, elimination) => solver(lines, n, elimination),
    warp(order, field, image, mask) {
      const { out } = image;
      const module =
        out instanceof Uint8Array ? forBytes : out instanceof Float32Array ? forFloats : undefined;
      if (!fits(field, image, mask)) plainKernels.warp(order, field, image, mask);
      else if (order === 0) {
        warp(forBytes(), 0, field, undefined, image);
        if (mask) warp(forBytes(), 0, field, undefined, mask);
      } else if (module) warp(module(), order, field, image, mask);
      else plainKernels.warp(order, field, image, mask);
    },
  };
}
