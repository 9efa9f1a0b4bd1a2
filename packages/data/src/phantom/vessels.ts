import type { Rng } from '@segscape/core';

interface Branch {
  y: number;
  x: number;
  dy: number;
  dx: number;
  width: number;
  /** Turn of each step, as the tangent of an angle. */
  bend: number;
  readonly left: number;
  readonly vein: boolean;
}

/** Depth of shade of the vessels at each pixel, 0 to 1, and where their bright middle line runs. */
export interface VesselMap {
  readonly shade: Float64Array;
  readonly reflex: Float64Array;
}

function turn(branch: Branch, tangent: number): void {
  const [dy, dx] = [branch.dy + tangent * branch.dx, branch.dx - tangent * branch.dy];
  const length = Math.sqrt(dy * dy + dx * dx);
  branch.dy = dy / length;
  branch.dx = dx / length;
}

/**
 * Two arcades of an artery and a vein each, up and down from the disc, that bend towards the macula, plus a few small
 * vessels; all branch and taper.
 *
 * @param unit radius of the disc, pixels.
 * @param side +1 when the macula lies to the right.
 */
export function drawVessels(
  height: number,
  width: number,
  centre: readonly [number, number],
  unit: number,
  side: number,
  rng: Rng,
): VesselMap {
  const map = { shade: new Float64Array(height * width), reflex: new Float64Array(height * width) };
  const open: Branch[] = [];
  const start = (dy: number, dx: number, wide: number, bend: number, vein: boolean) => {
    const length = Math.sqrt(dy * dy + dx * dx);
    const near = () => (rng.uniform() - 0.5) * 0.3 * unit;
    const [y, x] = [centre[0] + near(), centre[1] + near()];
    open.push({ y, x, dy: dy / length, dx: dx / length, width: wide * unit, bend, left: 3, vein });
  };
  for (const up of [-1, 1])
    for (const vein of [false, true]) {
      const lean = 0.15 + 0.5 * rng.uniform();
      const wide = (vein ? 0.085 : 0.06) * (0.85 + 0.3 * rng.uniform());
      // Towards the macula: first away from it, then round it; and the nasal branch straight off.
      start(up, -side * lean * 0.3, wide, -side * up * (0.003 + 0.007 * rng.uniform()), vein);
      start(up * (0.5 + rng.uniform()), -side, wide * 0.7, side * up * 0.003 * rng.uniform(), vein);
    }
  for (let i = 0; i < 4; i++)
    start(rng.uniform() - 0.5, side * (i < 2 ? 1 : -1), 0.03, 0.02 * (rng.uniform() - 0.5), i % 2 === 0);
  for (let branch = open.pop(); branch !== undefined; branch = open.pop())
    follow(branch, open, map, height, width, unit, rng);
  return map;
}

function follow(
  branch: Branch,
  open: Branch[],
  map: VesselMap,
  height: number,
  width: number,
  unit: number,
  rng: Rng,
): void {
  const step = Math.min(0.6, 0.04 * unit);
  const share = step / (0.04 * unit);
  let wander = 0;
  for (let travelled = 0; travelled < 9 * unit; travelled += step) {
    wander += share * ((0.012 * rng.normal()) / Math.sqrt(share) - 0.12 * wander);
    turn(branch, share * (branch.bend + wander));
    branch.y += step * branch.dy;
    branch.x += step * branch.dx;
    const out = 3 * unit;
    if (branch.y < -out || branch.x < -out || branch.y > height + out || branch.x > width + out) return;
    branch.width *= 1 - 0.004 * share;
    if (branch.width < 0.014 * unit) return;
    stamp(branch, map, height, width);
    if (branch.left > 0 && rng.uniform() < 0.02 * share) {
      const sign = rng.uniform() < 0.5 ? -1 : 1;
      const child = {
        ...branch,
        left: branch.left - 1,
        width: branch.width * (0.55 + 0.25 * rng.uniform()),
        bend: branch.bend * 0.5 - sign * 0.004 * rng.uniform(),
      };
      turn(child, sign * (0.5 + 0.6 * rng.uniform()));
      turn(branch, -sign * 0.12);
      branch.width *= 0.92;
      open.push(child);
    }
  }
}

/** Darkens a disc around the tip with a round profile; thin vessels stay at least a faint line. */
function stamp(
  { y, x, width: w, vein }: Branch,
  { shade, reflex }: VesselMap,
  height: number,
  width: number,
) {
  const radius = Math.max(w, 0.75);
  const strength = (vein ? 1 : 0.72) * Math.min(1, 0.35 + w / 2.2);
  const reach = Math.ceil(radius + 1);
  const [row, column] = [Math.round(y), Math.round(x)];
  for (let i = Math.max(0, row - reach); i <= Math.min(height - 1, row + reach); i++)
    for (let j = Math.max(0, column - reach); j <= Math.min(width - 1, column + reach); j++) {
      const square = ((i - y) * (i - y) + (j - x) * (j - x)) / (radius * radius);
      if (square > 1.7) continue;
      const at = i * width + j;
      const value = strength * Math.min(1, Math.max(0, 1.35 - square * 0.85));
      if (value > shade[at]!) shade[at] = value;
      if (w > 1.2 && square < 0.12) reflex[at] = Math.max(reflex[at]!, vein ? 0.15 : 0.4);
    }
}
