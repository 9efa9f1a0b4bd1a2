import type { Raster, RasterData } from '@segscape/core';

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

/**
 * Shrinks by averaging over the area that each target pixel covers (as OpenCV's INTER_AREA); integers are
 * rounded. Enlarging repeats pixels.
 */
export function resizeArea(raster: Raster, height: number, width: number): Raster {
  const { data, channels } = raster;
  if (height === raster.height && width === raster.width) return raster;
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
  return { ...withoutSpacing(raster), data: out, height, width, ...scaledSpacing(raster, height, width) };
}

/** Takes the pixel under the centre of each target pixel. */
export function resizeNearest(raster: Raster, height: number, width: number): Raster {
  const { data, channels } = raster;
  if (height === raster.height && width === raster.width) return raster;
  const out = sameKind(data, height * width * channels);
  const columns = Int32Array.from({ length: width }, (_, x) =>
    Math.floor(((x + 0.5) * raster.width) / width),
  );
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * raster.height) / height) * raster.width;
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) out[at++] = data[(row + columns[x]!) * channels + c]!;
  }
  return { ...withoutSpacing(raster), data: out, height, width, ...scaledSpacing(raster, height, width) };
}

/** Shrinks a label map to the class that covers the most of each target pixel; the lower class wins a tie. */
export function resizeMajority(mask: Raster, height: number, width: number, classes: number): Raster {
  const { data } = mask;
  if (height === mask.height && width === mask.width) return mask;
  if (height > mask.height || width > mask.width) return resizeNearest(mask, height, width);
  const rows = cover(mask.height, height);
  const columns = cover(mask.width, width);
  const out = sameKind(data, height * width);
  const area = new Float64Array(width * classes);
  const target = targets(columns, mask.width, width);
  for (let y = 0; y < height; y++) {
    area.fill(0);
    for (let k = 0; k < rows.count[y]!; k++) {
      const weight = rows.weights[y * rows.width + k]!;
      const from = (rows.first[y]! + k) * mask.width;
      for (let x = 0; x < mask.width; x++) {
        const label = data[from + x]!;
        const left = target.left[x]!;
        const share = target.share[x]!;
        area[left * classes + label]! += weight * share;
        if (share < 1) area[(left + 1) * classes + label]! += weight * (1 - share);
      }
    }
    for (let x = 0; x < width; x++) {
      let best = 0;
      // Sums of equal halves must not be decided by rounding.
      for (let c = 1; c < classes; c++)
        if (area[x * classes + c]! > area[x * classes + best]! + 1e-9) best = c;
      out[y * width + x] = best;
    }
  }
  return { ...withoutSpacing(mask), data: out, height, width, ...scaledSpacing(mask, height, width) };
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
