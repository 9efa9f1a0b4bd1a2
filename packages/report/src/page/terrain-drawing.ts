import { scaleOf, tickTexts } from '../figures/scale.js';
import { type SurfaceGrid, shareOf, type ValueRange, valueAt } from '../figures/terrain.js';
import { colourTable } from '../pictures/colours.js';
import type { Frame, Screen } from './projection.js';

const table = colourTable('viridis');

interface Drawn {
  readonly grid: SurfaceGrid;
  readonly values: ArrayLike<number>;
  readonly range: ValueRange;
  readonly point?: { readonly x: number; readonly y: number };
}

/** Colours of the axes. */
export interface Colours {
  readonly ink: string;
  readonly mesh: string;
}

/** Light from above, the left and the front. */
const light = [-0.4, -0.5, 0.77] as const;

/**
 * Draws a surface on a canvas, the farthest cells first.
 * @param context of the canvas, in CSS pixels.
 * @param data grid, values, range and the marked place.
 * @param frame where places lie on the canvas.
 * @param colours of the axes.
 * @returns where each place of the grid lies; NaN for holes.
 */
export function drawTerrain(
  context: CanvasRenderingContext2D,
  { grid, values, range, point }: Drawn,
  frame: Frame,
  colours: Colours,
): Screen[] {
  const [columns, rows] = [grid.x.length, grid.y.length];
  const across = (i: number) => placeIn(grid.x, grid.x[i]!);
  const up = (j: number) => placeIn(grid.y, grid.y[j]!);
  const height = (at: number) => shareOf(values[at]!, range);
  const screens = Array.from({ length: columns * rows }, (_, at) =>
    frame.at(across(at % columns), up(Math.floor(at / columns)), height(at)),
  );
  axes(context, grid, range, frame, colours);
  const cells: { readonly at: number; readonly depth: number }[] = [];
  for (let j = 0; j + 1 < rows; j++)
    for (let i = 0; i + 1 < columns; i++) {
      const at = j * columns + i;
      const corners = [at, at + 1, at + columns + 1, at + columns];
      if (!corners.every((corner) => Number.isFinite(values[corner]))) continue;
      cells.push({ at, depth: corners.reduce((sum, corner) => sum + screens[corner]!.depth, 0) });
    }
  cells.sort((a, b) => b.depth - a.depth);
  context.lineJoin = 'round';
  for (const { at } of cells) {
    const corners = [at, at + 1, at + columns + 1, at + columns] as const;
    const heights = corners.map(height) as [number, number, number, number];
    const width = across((at % columns) + 1) - across(at % columns);
    const slopes = [
      (heights[1] + heights[2] - heights[0] - heights[3]) / 2 / width,
      (heights[3] + heights[2] - heights[0] - heights[1]) / 2 / width,
    ] as const;
    const length = Math.hypot(slopes[0], slopes[1], 1);
    const lit = Math.max(0, (-slopes[0] * light[0] - slopes[1] * light[1] + light[2]) / length);
    const colour = 3 * Math.round(255 * (heights.reduce((a, b) => a + b, 0) / 4));
    const shade = 0.66 + 0.42 * lit;
    const tint = (c: number) => Math.min(255, Math.round(table[colour + c]! * shade));
    context.fillStyle = context.strokeStyle = `rgb(${tint(0)},${tint(1)},${tint(2)})`;
    context.lineWidth = 0.8;
    context.beginPath();
    for (const corner of corners) context.lineTo(screens[corner]!.x, screens[corner]!.y);
    context.closePath();
    context.fill();
    context.stroke();
  }
  if (point) mark(context, point, { grid, values, range }, frame);
  return screens.map((screen, at) =>
    Number.isFinite(values[at]) ? screen : { x: Number.NaN, y: Number.NaN, depth: Number.NaN },
  );
}

/** From −1 to 1 along an axis. */
const placeIn = (axis: ArrayLike<number>, value: number): number =>
  (2 * (value - axis[0]!)) / (axis[axis.length - 1]! - axis[0]! || 1) - 1;

function mark(
  context: CanvasRenderingContext2D,
  { x, y }: { readonly x: number; readonly y: number },
  { grid, values, range }: Drawn,
  frame: Frame,
): void {
  const nearest = (axis: Float64Array, value: number) =>
    axis.reduce((best, place, i) => (Math.abs(place - value) < Math.abs(axis[best]! - value) ? i : best), 0);
  const at = nearest(grid.y, y) * grid.x.length + nearest(grid.x, x);
  const screen = frame.at(placeIn(grid.x, x), placeIn(grid.y, y), shareOf(values[at]!, range));
  context.beginPath();
  context.arc(screen.x, screen.y, 5, 0, 2 * Math.PI);
  context.fillStyle = '#ffffff';
  context.strokeStyle = '#1c2330';
  context.lineWidth = 2;
  context.fill();
  context.stroke();
}

/** The floor, ticks along its near edges, and the loss upwards at its leftmost corner. */
function axes(
  context: CanvasRenderingContext2D,
  { x, y }: SurfaceGrid,
  range: ValueRange,
  frame: Frame,
  { ink, mesh }: Colours,
): void {
  const line = (...points: readonly Screen[]) => {
    context.beginPath();
    for (const point of points) context.lineTo(point.x, point.y);
    context.stroke();
  };
  const text = (words: string, at: Screen, align: CanvasTextAlign = 'center') => {
    context.textAlign = align;
    context.fillText(words, at.x, at.y);
  };
  context.strokeStyle = mesh;
  context.fillStyle = ink;
  context.lineWidth = 1;
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  const ends = (axis: Float64Array) => [axis[0]!, axis[axis.length - 1]!] as const;
  for (const [axis, name, floor] of [
    [x, 'direction 1', (u: number, v: number) => frame.at(u, v, 0)],
    [y, 'direction 2', (u: number, v: number) => frame.at(v, u, 0)],
  ] as const) {
    const { ticks } = scaleOf(ends(axis), [0, 1], { ticks: 3 });
    const near = floor(0, -1).depth < floor(0, 1).depth ? -1 : 1;
    const texts = tickTexts(ticks);
    ticks.forEach((tick, i) => {
      const u = placeIn(axis, tick);
      line(floor(u, -1), floor(u, 1));
      text(texts[i]!, floor(u, near * 1.14));
    });
    for (const side of [-1, 1]) line(floor(side, -1), floor(side, 1));
    text(name, floor(0, near * 1.36));
  }
  const corners = [
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ] as const;
  const left = (corner: (typeof corners)[number]) => frame.at(corner[0], corner[1], 0).x;
  const [u, v] = corners.reduce((a, b) => (left(b) < left(a) ? b : a));
  line(frame.at(u, v, 0), frame.at(u, v, 1));
  const { ticks } = scaleOf([range.low, range.high], [0, 1], { log: range.log, ticks: 4 });
  const texts = tickTexts(ticks);
  ticks.forEach((tick, i) => {
    const at = frame.at(u, v, shareOf(tick, range));
    text(texts[i]!, { ...at, x: at.x - 6 }, 'right');
  });
  const top = frame.at(u, v, shareOf(valueAt(1, range), range));
  text('loss', { ...top, x: top.x, y: top.y - 12 });
}
