import type { Mask } from './mask.js';
import type { SurfaceElements } from './surface-elements.js';

const axes = [0, 1, 2] as const;
const corners = Array.from({ length: 8 }, (_, corner) => corner);

/** Groups of corners of a cube that hang together along its edges; corner bits are z·4 + y·2 + x. */
function groupsOf(chosen: readonly number[]): number[][] {
  const left = new Set(chosen);
  const groups: number[][] = [];
  for (const start of chosen) {
    if (!left.delete(start)) continue;
    const group = [start];
    for (let at = 0; at < group.length; at++)
      for (const axis of axes) {
        const next = group[at]! ^ (1 << axis);
        if (left.delete(next)) group.push(next);
      }
    groups.push(group);
  }
  return groups;
}

/**
 * Area of the surface that cuts a group off the other corners, halfway along the edges: a triangle around one corner, a
 * rectangle along two, and so on, by what marching cubes draws.
 * @param faces areas of the cube's faces across each axis, x first.
 */
function groupArea(group: readonly number[], faces: readonly [number, number, number]): number {
  const whole = Math.hypot(...faces);
  const within = (corner: number) => axes.filter((axis) => group.includes(corner ^ (1 << axis)));
  const used = axes.filter((axis) => group.some((corner) => within(corner).includes(axis)));
  const across = axes.filter((axis) => !used.includes(axis)).map((axis) => faces[axis]);
  if (group.length === 1) return whole / 8;
  if (group.length === 2) return Math.hypot(...across) / 2;
  if (group.length === 3) return across[0]! / 2 + (3 / 8) * whole;
  if (used.length === 2) return across[0]!;
  if (group.some((corner) => within(corner).length === 3)) return (3 / 4) * whole;
  // A path through the cube: its middle step joins the two corners that have two neighbours.
  const middle = group.filter((corner) => within(corner).length === 2);
  const step = axes.find((axis) => (middle[0]! ^ middle[1]!) === 1 << axis) as 0 | 1 | 2;
  const ends = axes.filter((axis) => axis !== step);
  return whole / 2 + ends.reduce<number>((sum, axis) => sum + Math.hypot(faces[step], faces[axis]) / 4, 0);
}

/** Surface area in each of the 256 cubes of inside and outside corners; of more than four inside, the others are cut off. */
function areaTable([dz = 1, dy = 1, dx = 1]: readonly number[]): Float64Array {
  const faces = [dz * dy, dz * dx, dy * dx] as const;
  return Float64Array.from({ length: 256 }, (_, code) => {
    const inside = corners.filter((corner) => (code >> corner) & 1);
    const few = inside.length > 4 ? corners.filter((corner) => !inside.includes(corner)) : inside;
    return groupsOf(few).reduce((sum, group) => sum + groupArea(group, faces), 0);
  });
}

/**
 * Points between the voxels of a volume that its surface passes, with the surface's area there: the marching-cubes surface
 * of each 2×2×2 neighbourhood.
 * @param spacing `[z, y, x]`.
 * @see Nikolov et al., 2018, the surface-distance metrics. https://arxiv.org/abs/1809.04430; Lorensen, Cline, Marching
 *   cubes, 1987.
 */
export function contourCubes({ data, shape }: Mask, spacing: readonly number[]): SurfaceElements {
  const [depth, height, width] = shape as [number, number, number];
  const areas = areaTable(spacing);
  const positions: number[] = [];
  const weights: number[] = [];
  const at = (z: number, y: number, x: number) =>
    z < 0 || y < 0 || x < 0 || z >= depth || y >= height || x >= width
      ? 0
      : data[(z * height + y) * width + x]!;
  for (let z = 0; z <= depth; z++)
    for (let y = 0; y <= height; y++)
      for (let x = 0; x <= width; x++) {
        let code = 0;
        for (const corner of corners)
          code |= at(z - 1 + (corner >> 2), y - 1 + ((corner >> 1) & 1), x - 1 + (corner & 1)) << corner;
        if (code === 0 || code === 255) continue;
        positions.push((z * (height + 1) + y) * (width + 1) + x);
        weights.push(areas[code]!);
      }
  return {
    shape: [depth + 1, height + 1, width + 1],
    positions: Int32Array.from(positions),
    weights: Float64Array.from(weights),
  };
}
