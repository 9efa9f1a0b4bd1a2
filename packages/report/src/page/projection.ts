/** Where a surface is seen from, in radians: around the vertical, and above the floor. */
export interface View {
  readonly turn: number;
  readonly tilt: number;
}

/** A place on the canvas; a larger depth is farther away. */
export interface Screen {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
}

export interface Frame {
  /** From places along the axes, −1 to 1, and a height, 0 to 1. */
  at(u: number, v: number, height: number): Screen;
}

/** How much smaller the far side is. */
const perspective = 0.16;
/** Of the full height, by half a side of the floor. */
const tall = 1.15;

/**
 * Places a scene in a canvas, in perspective, whole whatever its turn.
 * @param width of the canvas in CSS pixels.
 * @param height of the canvas in CSS pixels.
 * @param view from where.
 */
export function frameOf(width: number, height: number, { turn, tilt }: View): Frame {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [level, steep] = [Math.cos(tilt), Math.sin(tilt)];
  // The floor's corners reach √2; labels stand outside of it.
  const size = Math.min(width / 3.6, height / (2.9 * steep + tall * level + 0.55));
  const middle = height * 0.5;
  return {
    at(u, v, up) {
      const [x, y, z] = [u * cos - v * sin, u * sin + v * cos, (up - 0.42) * tall];
      const depth = y * level - z * steep;
      const near = 1 / (1 + perspective * depth);
      return { x: width / 2 + size * x * near, y: middle - size * (z * level + y * steep) * near, depth };
    },
  };
}

/**
 * Another view, never from below the floor or past the top.
 * @param view from where.
 * @param around by so many radians around the vertical.
 * @param above by so many upwards.
 */
export const turnedBy = ({ turn, tilt }: View, around: number, above: number): View => ({
  turn: turn + around,
  tilt: Math.max(0.08, Math.min(1.45, tilt + above)),
});
