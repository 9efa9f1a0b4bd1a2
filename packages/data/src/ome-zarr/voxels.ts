import type { RasterData } from '@segscape/core';
import { Unsupported } from '../decode/faults.js';
import { toldApart } from '../decode/told-apart.js';
import type { Level } from './levels.js';

/** What is read of an array, and what its axes become. */
export interface Selection {
  readonly form: {
    readonly depth?: number;
    readonly height: number;
    readonly width: number;
    readonly channels: number;
  };
  /** Which axis is z, y, x, c and t; −1 for none. */
  readonly order: readonly [number, number, number, number, number];
  readonly time: number;
  readonly spacing: readonly number[] | undefined;
}

/** A chunk of an array, as zarrita decodes it. */
interface Chunk {
  readonly data: object;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** What of an array is needed here. */
export interface ChunkedArray {
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  getChunk(coordinates: number[]): Promise<Chunk>;
}

const micrometres: Readonly<Record<string, number>> = {
  angstrom: 1e-4,
  picometer: 1e-6,
  nanometer: 1e-3,
  micrometer: 1,
  micron: 1,
  millimeter: 1e3,
  centimeter: 1e4,
  meter: 1e6,
};

/**
 * Plans the reading of a level.
 * @throws {Unsupported} for axes that are none of t, c, z, y, x; `Error` where they do not fit the array.
 */
export function selectionOf(
  { axes, scale }: Level,
  shape: readonly number[],
  time: number | undefined,
): Selection {
  if (axes.length !== shape.length)
    throw new Error(`it names ${axes.length} axes of an array with ${shape.length}`);
  const places = new Map(axes.map(({ name }, i) => [name, i]));
  const odd = axes.find(({ name }) => !['t', 'c', 'z', 'y', 'x'].includes(name));
  if (odd !== undefined || places.size !== axes.length || !places.has('y') || !places.has('x'))
    throw new Unsupported(
      `the axes ${axes.map(({ name }) => name).join(', ')} are not supported; t, c, z, y and x are`,
    );
  const t = places.get('t');
  const times = t === undefined ? 1 : shape[t]!;
  if (times > 1 && time === undefined)
    throw new Unsupported(`it has ${times} points in time; say with time which one`);
  if ((time ?? 0) >= times) throw new Unsupported(`it has no point in time ${time}, but ${times}`);
  const of = (name: string) => places.get(name) ?? -1;
  const size = (name: string) => (places.has(name) ? shape[places.get(name)!]! : 1);
  const sides = [...(size('z') > 1 ? ['z'] : []), 'y', 'x'].map((name) => {
    const i = places.get(name)!;
    return scale[i]! * (micrometres[axes[i]!.unit ?? ''] ?? Number.NaN);
  });
  return {
    form: {
      ...(size('z') > 1 && { depth: size('z') }),
      height: size('y'),
      width: size('x'),
      channels: size('c'),
    },
    order: [of('z'), of('y'), of('x'), of('c'), of('t')],
    time: time ?? 0,
    spacing: sides.every((side) => side > 0 && Number.isFinite(side)) ? sides : undefined,
  };
}

type Values = RasterData | Uint32Array | Float64Array;

function emptyOf(data: object, length: number): Values {
  if (data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Int16Array)
    return new (data.constructor as new (length: number) => Values)(length);
  if (data instanceof Int8Array) return new Int16Array(length);
  if (data instanceof Int32Array) return new Int32Array(length);
  if (data instanceof Uint32Array) return new Uint32Array(length);
  if (data instanceof Float32Array || data instanceof Float64Array) return new Float32Array(length);
  // 64-bit integers go through doubles; what else there is are truth values.
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? new Float64Array(length)
    : new Uint8Array(length);
}

/** Values by index; truth values come as something that can be gone over only. */
const listOf = (data: object): ArrayLike<number | bigint> =>
  ArrayBuffer.isView(data) ? (data as Uint8Array) : Uint8Array.from(data as Iterable<number>);

/** Chunks that are fetched and decoded at the same time. */
const atOnce = 8;

/**
 * Reads the chunks that are wanted, as depth, height, width, channels, whatever the order of axes.
 * @throws {Error} where a chunk holds less than it must: missing values are never made up.
 */
export async function voxelsOf(array: ChunkedArray, { form, order, time }: Selection): Promise<Values> {
  const { depth = 1, height, width, channels } = form;
  const sizes = [depth, height, width, channels] as const;
  const strides = [height * width * channels, width * channels, channels, 1] as const;
  const coordinates = order.reduce<number[][]>(
    (all, axis, i) => {
      if (axis < 0) return all;
      const step = array.chunks[axis]!;
      const wanted =
        i === 4
          ? [Math.floor(time / step)]
          : Array.from({ length: Math.ceil(array.shape[axis]! / step) }, (_, index) => index);
      return all.flatMap((place) => wanted.map((index) => place.with(axis, index)));
    },
    [array.shape.map(() => 0)],
  );
  const exact = toldApart();
  const asNumber = (value: number | bigint) => (typeof value === 'bigint' ? exact(value) : value);
  let out: Values | undefined;
  const put = async (place: number[]) => {
    const { data, shape, stride } = await array.getChunk(place);
    const source = listOf(data);
    if (source.length !== shape.reduce((a, b) => a * b, 1))
      throw new Error(`its chunk ${place.join('.')} holds ${source.length} of ${shape.join('×')} values`);
    out ??= emptyOf(data, depth * height * width * channels);
    const into = out;
    // From where to where the chunk reaches, and its steps, along z, y, x and c.
    const [from, to, step] = [[] as number[], [] as number[], [] as number[]];
    for (const [i, size] of sizes.entries()) {
      const axis = order[i]!;
      from.push(axis < 0 ? 0 : place[axis]! * shape[axis]!);
      to.push(axis < 0 ? 1 : Math.min(size, from[i]! + shape[axis]!));
      step.push(axis < 0 ? 0 : stride[axis]!);
    }
    const start = order[4] < 0 ? 0 : (time % shape[order[4]]!) * stride[order[4]]!;
    for (let z = from[0]!; z < to[0]!; z++)
      for (let y = from[1]!; y < to[1]!; y++)
        for (let x = from[2]!; x < to[2]!; x++) {
          const row =
            start + (z - from[0]!) * step[0]! + (y - from[1]!) * step[1]! + (x - from[2]!) * step[2]!;
          const at = z * strides[0] + y * strides[1] + x * strides[2];
          for (let c = from[3]!; c < to[3]!; c++)
            into[at + c] = asNumber(source[row + (c - from[3]!) * step[3]!]!);
        }
  };
  for (let i = 0; i < coordinates.length; i += atOnce)
    await Promise.all(coordinates.slice(i, i + atOnce).map(put));
  if (out === undefined) throw new Error('it has no voxels');
  return out;
}
