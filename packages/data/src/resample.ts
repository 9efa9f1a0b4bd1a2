import { assertOption, assertRaster, ignoreLabel, type Raster, type RasterData } from '@segscape/core';
import { cover } from './cover.js';
import { majorityInto } from './majority.js';

/** An array of the same kind. */
export function sameKind(data: RasterData, length: number): RasterData {
  const Kind = data.constructor as new (length: number) => RasterData;
  return new Kind(length);
}

/** Checks a raster and the size it is to have. */
function assertSize(where: string, raster: Raster, height: number, width: number): void {
  assertRaster(where, raster);
  for (const [name, size] of Object.entries({ height, width }))
    assertOption(Number.isInteger(size) && size >= 1, where, name, size, 'be a positive integer, in pixels');
}

/** Resizes each slice of a volume within its plane; an image is its own slice. */
function bySlices(
  raster: Raster,
  height: number,
  width: number,
  resize: (slice: Raster) => RasterData,
): Raster {
  const { depth, data } = raster;
  const form = { ...withoutSpacing(raster), height, width, ...scaledSpacing(raster, height, width) };
  if (depth === undefined) return { ...form, data: resize(raster) };
  const [from, to] = [raster.height * raster.width * raster.channels, height * width * raster.channels];
  const out = sameKind(data, depth * to);
  const { depth: _, ...flat } = raster;
  for (let z = 0; z < depth; z++)
    out.set(resize({ ...flat, data: data.subarray(z * from, (z + 1) * from) }), z * to);
  return { ...form, data: out };
}

/**
 * Shrinks by averaging over the area that each target pixel covers (as OpenCV's INTER_AREA); integers are
 * rounded. Enlarging repeats pixels. Volumes keep their depth; `spacing` follows.
 *
 * @param raster `[depth,] height, width, channels`.
 * @param height wanted, in pixels.
 * @param width wanted, in pixels.
 * @returns a raster of the same type; the raster itself when the size is its own.
 * @throws {SegscapeError} `BAD_OPTION` for a size that is no positive integer.
 */
export function resizeArea(raster: Raster, height: number, width: number): Raster {
  assertSize('resizeArea', raster, height, width);
  if (height === raster.height && width === raster.width) return raster;
  return bySlices(raster, height, width, (slice) => averaged(slice, height, width));
}

function averaged(raster: Raster, height: number, width: number): RasterData {
  const { data, channels } = raster;
  const rows = cover(raster.height, height);
  const columns = cover(raster.width, width);
  const out = sameKind(data, height * width * channels);
  const round = !(data instanceof Float32Array);
  const stride = raster.width * channels;
  const line = new Float64Array(stride);
  for (let y = 0; y < height; y++) {
    const weight = (k: number) => rows.weights[y * rows.width + k]!;
    const [count, top] = [rows.count[y]!, rows.first[y]! * stride];
    line.fill(0);
    let k = 0;
    // Four rows at a time, added one after the other as if each came alone: the same sums.
    for (; k + 4 <= count; k += 4) {
      const [p, q, r, s] = [weight(k), weight(k + 1), weight(k + 2), weight(k + 3)] as const;
      const from = top + k * stride;
      const [second, third, fourth] = [from + stride, from + 2 * stride, from + 3 * stride];
      for (let i = 0; i < stride; i++)
        line[i] =
          line[i]! +
          p * data[from + i]! +
          q * data[second + i]! +
          r * data[third + i]! +
          s * data[fourth + i]!;
    }
    for (; k < count; k++) {
      const [w, from] = [weight(k), top + k * stride];
      for (let i = 0; i < stride; i++) line[i]! += w * data[from + i]!;
    }
    for (let x = 0; x < width; x++) {
      const [first, count] = [columns.first[x]!, columns.count[x]!];
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < count; k++)
          sum += columns.weights[x * columns.width + k]! * line[(first + k) * channels + c]!;
        out[(y * width + x) * channels + c] = round ? Math.round(sum) : sum;
      }
    }
  }
  return out;
}

/**
 * Takes the pixel under the centre of each target pixel. Volumes keep their depth; `spacing` follows.
 *
 * @param raster `[depth,] height, width, channels`.
 * @param height wanted, in pixels.
 * @param width wanted, in pixels.
 * @returns a raster of the same type; the raster itself when the size is its own.
 * @throws {SegscapeError} `BAD_OPTION` for a size that is no positive integer.
 */
export function resizeNearest(raster: Raster, height: number, width: number): Raster {
  assertSize('resizeNearest', raster, height, width);
  if (height === raster.height && width === raster.width) return raster;
  return bySlices(raster, height, width, (slice) => nearest(slice, height, width));
}

function nearest(raster: Raster, height: number, width: number): RasterData {
  const { data, channels } = raster;
  const out = sameKind(data, height * width * channels);
  const columns = Int32Array.from({ length: width }, (_, x) =>
    Math.floor(((x + 0.5) * raster.width) / width),
  );
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * raster.height) / height) * raster.width;
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) out[at++] = data[(row + columns[x]!) * channels + c]!;
  }
  return out;
}

/**
 * Shrinks a label map to the class that covers the most of each target pixel; the lower class wins a tie. Void pixels
 * (`ignoreLabel`) count like a class after all others. Volumes keep their depth; `spacing` follows.
 *
 * @param mask class indices, one channel.
 * @param height wanted, in pixels.
 * @param width wanted, in pixels.
 * @param classes how many there are.
 * @returns a mask of the same type; enlarged by nearest neighbour.
 * @throws {SegscapeError} `BAD_OPTION` for a size that is no positive integer, several channels, or a label that is
 * neither below `classes` nor `ignoreLabel`.
 */
export function resizeMajority(mask: Raster, height: number, width: number, classes: number): Raster {
  const where = 'resizeMajority';
  assertSize(where, mask, height, width);
  assertOption(mask.channels === 1, where, 'channels', mask.channels, 'be 1');
  assertOption(Number.isInteger(classes) && classes >= 1, where, 'classes', classes, 'be a positive integer');
  const { data } = mask;
  let before = 0;
  for (let i = 0; i < data.length; i++) {
    const label = data[i]!;
    // Masks are made of long runs; where one goes on, it has been looked at.
    if (label === before) continue;
    if (!(Number.isInteger(label) && label >= 0 && label < classes) && label !== ignoreLabel)
      assertOption(
        false,
        where,
        'label',
        label,
        `be an integer below ${classes}, or ${ignoreLabel} for void`,
      );
    before = label;
  }
  if (height === mask.height && width === mask.width) return mask;
  if (height > mask.height || width > mask.width) return resizeNearest(mask, height, width);
  return bySlices(mask, height, width, (slice) =>
    majorityInto(sameKind(slice.data, height * width), slice, height, width, classes),
  );
}

function withoutSpacing({ spacing: _, ...rest }: Raster): Raster {
  return rest;
}

function scaledSpacing({ spacing, height: h, width: w }: Raster, height: number, width: number) {
  if (spacing === undefined) return {};
  const factors = [h / height, w / width];
  return { spacing: spacing.map((s, i) => s * (factors[i - (spacing.length - 2)] ?? 1)) };
}
