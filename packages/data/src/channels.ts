import type { Raster } from '@segscape/core';
import { sameKind } from './resample.js';

/** The channels `[from, to)` of a raster. */
function sliced(raster: Raster, to: number): Raster {
  const { data, channels } = raster;
  const pixels = data.length / channels;
  const out = sameKind(data, pixels * to);
  for (let i = 0; i < pixels; i++) for (let c = 0; c < to; c++) out[i * to + c] = data[i * channels + c]!;
  return { ...raster, data: out, channels: to };
}

/** Gray or colour without the alpha channel that a second or fourth channel is. */
export function withoutAlpha(raster: Raster): Raster {
  return raster.channels === 2 || raster.channels === 4 ? sliced(raster, raster.channels - 1) : raster;
}

/** One channel by the luma weights of Rec. 601 (as PIL's 'L'), or three equal ones; alpha is left out. */
export function withChannels(raster: Raster, channels: 1 | 3): Raster {
  const plain = withoutAlpha(raster);
  if (plain.channels === channels) return plain;
  const { data } = plain;
  const pixels = data.length / plain.channels;
  const out = sameKind(data, pixels * channels);
  if (channels === 3)
    for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) out[3 * i + c] = data[plain.channels * i]!;
  else {
    const round = !(data instanceof Float32Array);
    for (let i = 0; i < pixels; i++) {
      const luma = 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!;
      out[i] = round ? Math.round(luma) : luma;
    }
  }
  return { ...plain, data: out, channels };
}
