import { type Raster, SegscapeError } from '@segscape/core';
import { sameKind } from './resample.js';

/** The channels `[0, to)` of a raster. */
function sliced(raster: Raster, to: number): Raster {
  const { data, channels } = raster;
  const pixels = data.length / channels;
  const out = sameKind(data, pixels * to);
  for (let i = 0; i < pixels; i++) for (let c = 0; c < to; c++) out[i * to + c] = data[i * channels + c]!;
  return { ...raster, data: out, channels: to };
}

/**
 * Gray or colour without its last channel, when it has two or four. Only for rasters whose second or fourth channel
 * is known to be alpha; `readImage(…, { alpha: 'drop' })` goes by what the file declares.
 *
 * @param raster of any size, `[depth,] height, width, channels`.
 * @returns one or three channels in the same type; the raster itself when it has neither two nor four.
 */
export function withoutAlpha(raster: Raster): Raster {
  return raster.channels === 2 || raster.channels === 4 ? sliced(raster, raster.channels - 1) : raster;
}

/**
 * One channel by the luma weights of Rec. 601 (as PIL's 'L'), or three equal ones; a second or fourth channel is taken
 * for alpha and left out.
 *
 * @param raster of one to four channels, any type of values.
 * @param channels 1, gray, or 3, RGB.
 * @returns a raster of the same type and size; integers are rounded.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for more than four channels.
 */
export function withChannels(raster: Raster, channels: 1 | 3): Raster {
  return grayOrColour('withChannels', 'the raster', withoutAlpha(raster), channels);
}

/** The same for a raster without alpha. */
export function grayOrColour(where: string, name: string, plain: Raster, channels: 1 | 3): Raster {
  if (plain.channels === channels) return plain;
  if (plain.channels !== 1 && plain.channels !== 3)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: ${name} has ${plain.channels} channels, which can't be made ${channels}; gray (1) and RGB (3) can.`,
      { details: { channels: plain.channels } },
    );
  const { data } = plain;
  const pixels = data.length / plain.channels;
  const out = sameKind(data, pixels * channels);
  if (channels === 3) for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) out[3 * i + c] = data[i]!;
  else {
    const round = !(data instanceof Float32Array);
    for (let i = 0; i < pixels; i++) {
      const luma = 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!;
      out[i] = round ? Math.round(luma) : luma;
    }
  }
  return { ...plain, data: out, channels };
}

/**
 * Rasters of one size and type side by side as channels of one.
 * @throws {Error} when they differ.
 */
export function joinedChannels(parts: readonly Raster[]): Raster {
  const [first] = parts;
  if (first === undefined) throw new Error('it has no pages');
  if (parts.length === 1) return first;
  const { data } = first;
  const form = ({ depth, height, width, data: values }: Raster) =>
    `${depth === undefined ? '' : `${depth}×`}${height}×${width} ${values.constructor.name}`;
  const other = parts.find((part) => form(part) !== form(first));
  if (other !== undefined)
    throw new Error(`its pages can't be channels of one picture: ${form(first)} and ${form(other)}`);
  const channels = parts.reduce((sum, part) => sum + part.channels, 0);
  const pixels = data.length / first.channels;
  const out = sameKind(data, pixels * channels);
  let offset = 0;
  for (const part of parts) {
    for (let i = 0; i < pixels; i++)
      for (let c = 0; c < part.channels; c++)
        out[i * channels + offset + c] = part.data[i * part.channels + c]!;
    offset += part.channels;
  }
  return { ...first, data: out, channels };
}
