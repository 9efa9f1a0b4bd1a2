/** Which source pixels a target pixel covers along one axis, and by how much. */
export interface Cover {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `width` weights a target pixel, summing to 1. */
  readonly weights: Float64Array;
  readonly width: number;
}

/** @param from pixels of the source. @param to pixels of the target. */
export function cover(from: number, to: number): Cover {
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
