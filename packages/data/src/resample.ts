import { assertOption, assertRaster, ignoreLabel, type Raster, type RasterData } from '@segscape/core';

/** Which source pixels a target pixel covers along one axis, and by how much. */
interface Cover {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `width` weights a target pixel, summing to 1. */
  readonly weights: Float64Array;
  readonly width: number;
}

function cover(from: number, to: number): Cover {
  const ratio = from / to;
  const width = Math.ceil(ratio) + 1;
  const [first, count] = [new Int32Array(to), new Int32Array(to)];
  const weights = new Float64Array(to * width);
  for (let i = 0; i < to; i++) {
    const [low, high] = [(i * from) / to, ((i + 1) * from) / to];
    const start = Math.floor(low);
    const end = Math.min(from, Math.ceil(high - 1e-9));
    first[i] = start;
    count[i] = Math.min(width, end - start);
    for (let k = 0; k < count[i]!; k++)
      weights[i * width + k] = (Math.min(start + k + 1, high) - Math.max(start + k, low)) / (high - low);
  }
  return { first, count, weights, width };
}

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
    line.fill(0);
    for (let k = 0; k < rows.count[y]!; k++) {
      const weight = rows.weights[y * rows.width + k]!;
      const from = (rows.first[y]! + k) * stride;
      for (let i = 0; i < stride; i++) line[i]! += weight * data[from + i]!;
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
  for (let i = 0; i < mask.data.length; i++) {
    const label = mask.data[i]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes) && label !== ignoreLabel)
      assertOption(
        false,
        where,
        'label',
        label,
        `be an integer below ${classes}, or ${ignoreLabel} for void`,
      );
  }
  if (height === mask.height && width === mask.width) return mask;
  if (height > mask.height || width > mask.width) return resizeNearest(mask, height, width);
  return bySlices(mask, height, width, (slice) => majority(slice, height, width, classes));
}

function majority(mask: Raster, height: number, width: number, classes: number): RasterData {
  const { data } = mask;
  const rows = cover(mask.height, height);
  const columns = cover(mask.width, width);
  const out = sameKind(data, height * width);
  // One bin more for void, unless 255 is a class of its own.
  const bins = classes + 1;
  const area = new Float64Array(width * bins);
  const target = targets(columns, mask.width, width);
  for (let y = 0; y < height; y++) {
    area.fill(0);
    for (let k = 0; k < rows.count[y]!; k++) {
      const weight = rows.weights[y * rows.width + k]!;
      const from = (rows.first[y]! + k) * mask.width;
      for (let x = 0; x < mask.width; x++) {
        const label = Math.min(data[from + x]!, classes);
        const left = target.left[x]!;
        const share = target.share[x]!;
        area[left * bins + label]! += weight * share;
        if (share < 1) area[(left + 1) * bins + label]! += weight * (1 - share);
      }
    }
    for (let x = 0; x < width; x++) {
      let best = 0;
      // Sums of equal halves must not be decided by rounding.
      for (let c = 1; c < bins; c++) if (area[x * bins + c]! > area[x * bins + best]! + 1e-9) best = c;
      out[y * width + x] = best === classes ? ignoreLabel : best;
    }
  }
  return out;
}

/** For each source column the target column where it begins, and the share of it that lies there. */
function targets({ first, count, weights, width }: Cover, from: number, to: number) {
  const left = new Int32Array(from).fill(-1);
  const share = new Float64Array(from).fill(1);
  for (let x = 0; x < to; x++)
    for (let k = 0; k < count[x]!; k++) {
      const column = first[x]! + k;
      if (left[column] !== -1) continue;
      left[column] = x;
      share[column] = Math.min(1, (weights[x * width + k]! * from) / to);
      if (share[column]! > 1 - 1e-9) share[column] = 1;
    }
  return { left, share };
}

function withoutSpacing({ spacing: _, ...rest }: Raster): Raster {
  return rest;
}

function scaledSpacing({ spacing, height: h, width: w }: Raster, height: number, width: number) {
  if (spacing === undefined) return {};
  const factors = [h / height, w / width];
  return { spacing: spacing.map((s, i) => s * (factors[i - (spacing.length - 2)] ?? 1)) };
}
