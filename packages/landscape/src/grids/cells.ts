/** A rectangle of grid points, by the numbers of its first and last column and row. */
export interface Cell {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** About `count` numbers from 0 to `last`, both included, as evenly as whole numbers can be. */
const lattice = (last: number, count: number): number[] => {
  const steps = Math.max(1, Math.min(last, count - 1));
  return [...new Set(Array.from({ length: steps + 1 }, (_, k) => Math.round((k * last) / steps)))];
};

/** The coarse cells that a grid of `width` × `height` points begins with. */
export function coarseCells(width: number, height: number, initial: number): Cell[] {
  const columns = lattice(width - 1, initial);
  const rows = lattice(height - 1, initial);
  return rows
    .slice(1)
    .flatMap((bottom, r) =>
      columns.slice(1).map((right, c) => ({ left: columns[c]!, right, top: rows[r]!, bottom })),
    );
}

const middle = (from: number, to: number) => (from + to) >> 1;
const between = (from: number, to: number) => (to - from > 1 ? [from, middle(from, to), to] : [from, to]);

/** Whether there is a point inside or on an edge that is no corner. */
export const divisible = ({ left, right, top, bottom }: Cell): boolean =>
  right - left > 1 || bottom - top > 1;

/** The corners with the middles of edges and the centre, as far as there are any. */
export const nodesOf = ({ left, right, top, bottom }: Cell, width: number): number[] =>
  between(top, bottom).flatMap((row) => between(left, right).map((column) => row * width + column));

/** The four quarters, two halves where one side cannot be halved. */
export function partsOf({ left, right, top, bottom }: Cell): Cell[] {
  const columns = between(left, right);
  const rows = between(top, bottom);
  return rows
    .slice(1)
    .flatMap((below, r) =>
      columns.slice(1).map((end, c) => ({ left: columns[c]!, right: end, top: rows[r]!, bottom: below })),
    );
}

/** Lagrange's weights of a polynomial through places of an axis, at another place of it. */
function weightsAt(axis: Float64Array, nodes: readonly number[], at: number): number[] {
  return nodes.map((node) =>
    nodes.reduce(
      (product, other) =>
        other === node ? product : (product * (axis[at]! - axis[other]!)) / (axis[node]! - axis[other]!),
      1,
    ),
  );
}

/**
 * Interpolation over axes of any spacing: between the corners of a cell, bilinear, or with the middles of its edges and its
 * centre, as far as there are any, biquadratic.
 */
export function interpolation(
  z: Float32Array,
  { left, right, top, bottom }: Cell,
  x: Float64Array,
  y: Float64Array,
  order: 'bilinear' | 'biquadratic',
): (index: number) => number {
  const width = x.length;
  const along = (from: number, to: number) =>
    from === to ? [from] : order === 'bilinear' ? [from, to] : between(from, to);
  const columns = along(left, right);
  const rows = along(top, bottom);
  return (index) => {
    const across = weightsAt(x, columns, index % width);
    const down = weightsAt(y, rows, Math.floor(index / width));
    return rows.reduce(
      (sum, row, r) =>
        sum + columns.reduce((part, column, c) => part + down[r]! * across[c]! * z[row * width + column]!, 0),
      0,
    );
  };
}
