/**
 * The axes of ours in the order of PyTorch's: channels in front, swapped, and the spatial axes behind. One rule for all
 * layers: `[h, w, in, out]` → `[out, in, h, w]` (convolution), `[h, w, out, in]` → `[in, out, h, w]` (transposed
 * convolution), `[in, out]` → `[out, in]` (dense).
 */
const torchAxes = (rank: number): number[] =>
  rank < 2 ? Array.from({ length: rank }, (_, i) => i) : [rank - 1, rank - 2, ...Array(rank - 2).keys()];

/** An array in the host's memory, row-major. */
export interface HostArray {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

const inverse = (axes: readonly number[]) => axes.map((_, axis) => axes.indexOf(axis));

function permuted({ data, shape }: HostArray, axes: readonly number[]): HostArray {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const target = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const place = new Array<number>(target.length).fill(0);
  let from = 0;
  const moved = data.map(() => {
    const value = data[from]!;
    // Counts up in the target's order, carrying over from the last axis.
    for (let axis = target.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++place[axis]! < target[axis]!) break;
      from -= steps[axis]! * target[axis]!;
      place[axis] = 0;
    }
    return value;
  });
  return { data: moved, shape: target };
}

export const toTorchAxes = (array: HostArray): HostArray => permuted(array, torchAxes(array.shape.length));
export const fromTorchAxes = (array: HostArray): HostArray =>
  permuted(array, inverse(torchAxes(array.shape.length)));
