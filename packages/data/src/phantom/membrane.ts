import type { Raster, Rng } from '@segscape/core';
import { direction, fractalNoise, smoothStep } from './noise.js';

interface Organelle {
  readonly y: number;
  readonly x: number;
  readonly axis: readonly [number, number];
  readonly length: number;
  readonly width: number;
}

/**
 * An electron micrograph that never was: cells as a jittered Voronoi pattern bent by noise, dark membranes (about a
 * fifth of the pixels), mitochondria and vesicles that look like membranes, uneven stain and shot noise.
 */
export function membrane(height: number, width: number, rng: Rng): { image: Raster; mask: Raster } {
  const cell = 26 + 8 * rng.uniform();
  const [rows, columns] = [Math.ceil(height / cell) + 6, Math.ceil(width / cell) + 6];
  const pointsY = new Float64Array(rows * columns);
  const pointsX = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      pointsY[i * columns + j] = (i - 3 + 0.5 + 0.95 * (rng.uniform() - 0.5)) * cell;
      pointsX[i * columns + j] = (j - 3 + 0.5 + 0.95 * (rng.uniform() - 0.5)) * cell;
    }
  const tone = Float64Array.from({ length: rows * columns }, () => 0.08 * (rng.uniform() - 0.5));
  const bendY = fractalNoise(rng.fork('bend y'), 3);
  const bendX = fractalNoise(rng.fork('bend x'), 3);
  const stain = fractalNoise(rng.fork('stain'), 4);
  const texture = fractalNoise(rng.fork('texture'), 2);
  const dots = rng.fork('dots');
  const half = 1.5 + 0.45 * rng.uniform();
  const organelles: Organelle[] = [];
  for (let k = 0; k < (height * width) / 3000; k++)
    organelles.push({
      y: dots.uniform() * height,
      x: dots.uniform() * width,
      axis: direction(dots),
      length: 5 + 7 * dots.uniform(),
      width: 3 + 3 * dots.uniform(),
    });
  const sensor = rng.fork('sensor');
  const contrast = 0.85 + 0.3 * rng.uniform();

  const data = new Uint8Array(height * width);
  const labels = new Uint8Array(height * width);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const [py, px] = [
        y + 0.6 * cell * bendY(y / cell / 1.4, x / cell / 1.4),
        x + 0.6 * cell * bendX(y / cell / 1.4, x / cell / 1.4),
      ];
      const { border, nearest, inside } = voronoi(py, px, cell, rows, columns, pointsY, pointsX);
      if (border < half) labels[at] = 1;
      let value = 0.68 + tone[nearest]! + 0.12 * texture(y / 3, x / 3);
      // Organelles stay inside their cell.
      for (const { y: oy, x: ox, axis, length, width: thick } of organelles) {
        const [dy, dx] = [y - oy, x - ox];
        if (dy * dy + dx * dx > 400) continue;
        const along = (dy * axis[0] + dx * axis[1]) / length;
        const across = (dy * axis[1] - dx * axis[0]) / thick;
        const d = Math.sqrt(along * along + across * across);
        const shell = smoothStep(0.35, 0, Math.abs(d - 1));
        const fold = d < 1 ? 0.12 * smoothStep(0.2, 0.6, Math.abs(texture(y / 2.2 + 40, x / 2.2))) : 0;
        value -= inside * (0.3 * shell + (d < 1 ? 0.2 : 0) + fold);
      }
      const edge = smoothStep(half + 1.4, half - 1.6, border);
      value += edge * (0.24 + 0.1 * texture(y / 2, x / 2) - value);
      value = 0.5 + contrast * (value - 0.5) + 0.12 * stain(y / 60, x / 60) + 0.055 * sensor.normal();
      data[at] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  return {
    image: { data, height, width, channels: 1 },
    mask: { data: labels, height, width, channels: 1 },
  };
}

/** Distance to the border between the two nearest cells, and how far inside its cell a point is, 0 to 1. */
function voronoi(
  y: number,
  x: number,
  cell: number,
  rows: number,
  columns: number,
  pointsY: Float64Array,
  pointsX: Float64Array,
) {
  const [row, column] = [Math.floor(y / cell) + 3, Math.floor(x / cell) + 3];
  let [first, second, nearest, other] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (let i = Math.max(0, row - 2); i <= Math.min(rows - 1, row + 2); i++)
    for (let j = Math.max(0, column - 2); j <= Math.min(columns - 1, column + 2); j++) {
      const at = i * columns + j;
      const d = (y - pointsY[at]!) ** 2 + (x - pointsX[at]!) ** 2;
      if (d < first) [first, second, nearest, other] = [d, first, at, nearest];
      else if (d < second) [second, other] = [d, at];
    }
  const apart = Math.sqrt(
    (pointsY[nearest]! - pointsY[other]!) ** 2 + (pointsX[nearest]! - pointsX[other]!) ** 2,
  );
  const border = (second - first) / (2 * apart);
  return { border, nearest, inside: smoothStep(2.5, 5, border) };
}
