import type { DisplacementField } from './field.js';
import type { PlaneJob } from './kernel-jobs.js';
import { cubicWeights } from './spline-weights.js';
import { storing } from './store.js';

/** Samples the inside of one slice and lists the pixels that need a border's rule. */
export type PlaneLoop = (field: DisplacementField, job: PlaneJob) => void;

export const nearestLoop: PlaneLoop = ({ height, width, dy, dx }, { source, out, left }) => {
  const { data, shape, channels } = source;
  const [h, w] = shape as [number, number];
  for (let y = 0, p = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, p++, at += channels) {
      const cy = y + dy[p]!;
      const cx = x + dx[p]!;
      if (cy >= 0 && cx >= 0 && cy <= h - 1 && cx <= w - 1) {
        const from = (Math.floor(cy + 0.5) * w + Math.floor(cx + 0.5)) * channels;
        for (let c = 0; c < channels; c++) out[at + c] = data[from + c]!;
      } else left.push(p);
    }
};

export const linearLoop: PlaneLoop = ({ height, width, dy, dx }, { source, out, left }) => {
  const { data, shape, channels } = source;
  const [h, w] = shape as [number, number];
  const row = w * channels;
  // The inside is never out of range; only rounding differs between integers and floats.
  const half = out instanceof Float32Array ? 0 : 0.5;
  const signed = out instanceof Int16Array || out instanceof Int32Array;
  for (let y = 0, p = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, p++, at += channels) {
      const cy = y + dy[p]!;
      const cx = x + dx[p]!;
      if (cy >= 0 && cx >= 0 && cy < h - 1 && cx < w - 1) {
        const iy = Math.floor(cy);
        const ix = Math.floor(cx);
        const v = cy - iy;
        const u = cx - ix;
        const from = iy * row + ix * channels;
        const w00 = (1 - v) * (1 - u);
        const w01 = (1 - v) * u;
        const w10 = v * (1 - u);
        const w11 = v * u;
        for (let c = 0; c < channels; c++) {
          const a = from + c;
          const b = a + row;
          const value =
            w00 * data[a]! + w01 * data[a + channels]! + w10 * data[b]! + w11 * data[b + channels]!;
          out[at + c] = signed && value < 0 ? value - half : value + half;
        }
      } else left.push(p);
    }
};

export const cubicLoop: PlaneLoop = ({ height, width, dy, dx }, { source, out, left }) => {
  const { data, shape, channels, shift } = source;
  const [h, w] = shape as [number, number];
  const row = w * channels;
  const store = storing(out);
  const [wy, wx] = [new Float64Array(4), new Float64Array(4)];
  for (let y = 0, p = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, p++, at += channels) {
      const cy = y + dy[p]! + shift;
      const cx = x + dx[p]! + shift;
      if (cy >= 1 && cx >= 1 && cy < h - 2 && cx < w - 2) {
        const iy = Math.floor(cy);
        const ix = Math.floor(cx);
        cubicWeights(cy - iy, wy);
        cubicWeights(cx - ix, wx);
        const from = (iy - 1) * row + (ix - 1) * channels;
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let i = 0, a = from + c; i < 4; i++, a += row)
            sum +=
              wy[i]! *
              (wx[0]! * data[a]! +
                wx[1]! * data[a + channels]! +
                wx[2]! * data[a + 2 * channels]! +
                wx[3]! * data[a + 3 * channels]!);
          store(at + c, sum);
        }
      } else left.push(p);
    }
};
