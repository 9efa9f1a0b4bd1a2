import { roomFor, wasmModule } from '../wasm-module.js';
import { pixelsBytes, samplesBytes } from './kernel-bytes.js';
import type { Plane } from './upsample.js';

/** How many times as many columns and rows a component gets. */
export interface Times {
  readonly across: number;
  readonly down: number;
}

interface SamplesModule {
  readonly memory: WebAssembly.Memory;
  samples(coefficients: number, table: number, out: number, blocks: number): void;
}

interface PixelsModule {
  readonly memory: WebAssembly.Memory;
  pixels(
    ...places: readonly [
      luma: number,
      lumaStride: number,
      cb: number,
      cr: number,
      stride: number,
      count: number,
      height: number,
      first: number,
      across: number,
      down: number,
      values: number,
      out: number,
      width: number,
      y0: number,
      y1: number,
    ]
  ): void;
  interleaved(
    red: number,
    green: number,
    blue: number,
    stride: number,
    out: number,
    width: number,
    rows: number,
  ): void;
}

const samplesModule = wasmModule<SamplesModule>(samplesBytes);
const pixelsModule = wasmModule<PixelsModule>(pixelsBytes);

/** Where modules keep what they work on, and where tables and values begin. */
const [tableAt, begin] = [512, 1024];
const aligned = (place: number) => Math.ceil(place / 16) * 16;

/** `samplesOf` by WebAssembly with SIMD, the same bits; undefined where that is not to be had. */
export function samplesBySimd(
  coefficients: Int16Array,
  table: Uint16Array,
  stride: number,
  rows: number,
): Uint8ClampedArray | undefined {
  const module = samplesModule();
  if (module === undefined) return undefined;
  const length = stride * 64;
  const outAt = aligned(begin + 2 * length);
  const buffer = roomFor(module.memory, outAt + length);
  new Int32Array(buffer, tableAt, 64).set(table);
  const packed = new Int16Array(buffer, begin, length);
  const given = new Uint8ClampedArray(buffer, outAt, length);
  const out = new Uint8ClampedArray(length * rows);
  for (let row = 0, at = 0; row < rows; row++, at += length) {
    packed.set(coefficients.subarray(at, at + length));
    module.samples(begin, tableAt, outAt, stride);
    out.set(given, at);
  }
  return out;
}

/** Rows that a module turns at a time: what they need fits a processor's cache. */
const strip = 32;

const isWhole = ({ across, down }: Times) => across === 1 && down === 1;

/** Whether planes lie alike, and are as large as the picture or, of chroma, interpolated along its rows. */
function isUsual([first, second, third]: Planes, times: readonly Times[], luma: boolean): boolean {
  const [own, { across, down }, last] = times as readonly [Times, Times, Times];
  if (!isWhole(own) || across !== last.across || down !== last.down || second.stride !== third.stride)
    return false;
  if (across === 1 && down === 1) return luma || first.stride === second.stride;
  return luma && across === 2 && (down === 1 || down === 2) && second.width > 2;
}

type Planes = readonly [Plane, Plane, Plane];

/**
 * Red, green and blue from luma and chroma, or from themselves, by WebAssembly with SIMD: the same bits as `plainPixels` gives where
 * it interpolates; undefined where that is not to be had, and for unusual factors.
 */
export function pixelsBySimd(
  planes: Planes,
  times: readonly Times[],
  { width, height }: { readonly width: number; readonly height: number },
  luma: boolean,
): Uint8ClampedArray | undefined {
  const [brightness, cb, cr] = planes;
  const module = isUsual(planes, times, luma) ? pixelsModule() : undefined;
  if (module === undefined) return undefined;
  const { across, down } = times[1]!;
  const { stride, width: count } = cb;
  const window = (strip / down + 2) * stride;
  const lumaAt = begin;
  const cbAt = aligned(lumaAt + strip * brightness.stride + 16);
  const crAt = aligned(cbAt + window + 16);
  // A value before the first one stands for its neighbour.
  const valuesAt = aligned(crAt + window + 16) + 16;
  const outAt = aligned(valuesAt + 3 * (2 * count + 64));
  const buffer = roomFor(module.memory, outAt + 3 * strip * width + 64);
  const bytes = new Uint8ClampedArray(buffer);
  const out = new Uint8ClampedArray(3 * width * height);
  for (let y0 = 0; y0 < height; y0 += strip) {
    const y1 = Math.min(height, y0 + strip);
    const first = down === 1 ? y0 : Math.max(0, (y0 >> 1) - 1);
    const end = down === 1 ? y1 : Math.min(cb.height, ((y1 - 1) >> 1) + 2);
    bytes.set(brightness.data.subarray(y0 * brightness.stride, y1 * brightness.stride), lumaAt);
    bytes.set(cb.data.subarray(first * stride, end * stride), cbAt);
    bytes.set(cr.data.subarray(first * stride, end * stride), crAt);
    if (luma)
      module.pixels(
        ...([lumaAt, brightness.stride, cbAt, crAt, stride, count, cb.height, first] as const),
        ...([across, down, valuesAt, outAt, width, y0, y1] as const),
      );
    else module.interleaved(lumaAt, cbAt, crAt, stride, outAt, width, y1 - y0);
    out.set(bytes.subarray(outAt, outAt + 3 * width * (y1 - y0)), 3 * width * y0);
  }
  return out;
}
