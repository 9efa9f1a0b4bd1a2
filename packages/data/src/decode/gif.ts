import type { Decoded } from './decoded.js';
import { assertDeclared, type Limits, Unsupported } from './faults.js';
import { colourOf, colourPicture, composed, nothing } from './gif/composed.js';
import { type Frame, framesOf, measuredBlocks, subBlocks } from './gif/frames.js';
import { unpackLzw } from './gif/lzw.js';
import { chosen, type PlaneChoice } from './planes.js';

/** The order in which interlaced rows are stored. */
function interlacedRows(height: number): number[] {
  const rows: number[] = [];
  for (const [from, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const)
    for (let y = from; y < height; y += step) rows.push(y);
  return rows;
}

/** A code of 9 bits or more gives at most the 3,839 values of the longest string. */
const most = 3839;

/** Indices of a frame's own pixels, row by row. */
function indicesOf(bytes: Uint8Array, frame: Frame, limits: Limits): Uint8Array {
  const { width, height, colours, interlaced, at } = frame;
  const packed = subBlocks(bytes, at + 1);
  assertDeclared(frame, limits, { present: packed.length, most });
  const indices = unpackLzw(packed, bytes[at]!, width * height);
  const count = colours.length / 3;
  // 256 colours are all that a byte can name.
  for (let i = 0; count < 256 && i < indices.length; i++)
    if (indices[i]! >= count)
      throw new Error(`it holds the index ${indices[i]}, its palette has ${count} colours`);
  if (!interlaced) return indices;
  const out = new Uint8Array(indices.length);
  for (const [y, row] of interlacedRows(height).entries())
    out.set(indices.subarray(y * width, (y + 1) * width), row * width);
  return out;
}

interface Screen {
  readonly height: number;
  readonly width: number;
}

/** Colours with an alpha channel, where one of them is transparent. */
function veiled(colours: Uint8Array, transparent: number): Uint8Array {
  const count = colours.length / 3;
  const palette = new Uint8Array(4 * Math.max(count, transparent + 1));
  for (let i = 0; i < palette.length / 4; i++) {
    for (let c = 0; c < 3; c++) palette[4 * i + c] = colours[3 * i + c] ?? 0;
    palette[4 * i + 3] = i === transparent ? 0 : 255;
  }
  return palette;
}

function firstPicture(bytes: Uint8Array, frame: Frame, { height, width }: Screen, limits: Limits): Decoded {
  const { left, top, colours, transparent } = frame;
  const whole = frame.width === width && frame.height === height;
  const present = measuredBlocks(bytes, frame.at + 1).length;
  assertDeclared({ width, height }, limits, { present, most });
  const indices = indicesOf(bytes, frame, limits);
  if (!whole && transparent === undefined)
    throw new Unsupported('its first frame does not cover the picture; save it as PNG');
  let data = indices;
  if (!whole) {
    data = new Uint8Array(width * height).fill(transparent ?? 0);
    for (let y = 0; y < frame.height; y++)
      data.set(indices.subarray(y * frame.width, (y + 1) * frame.width), (top + y) * width + left);
  }
  const raster = { data, height, width, channels: 1 };
  if (transparent === undefined) return { raster, bits: 8, palette: colours.slice() };
  return { raster, bits: 8, palette: veiled(colours, transparent), paletteAlpha: true };
}

const sameColours = (a: Uint8Array, b: Uint8Array) =>
  a === b || (a.length === b.length && a.every((value, i) => value === b[i]));

/** What is seen at a later time. */
function laterPicture(
  bytes: Uint8Array,
  frames: readonly Frame[],
  screen: Screen,
  limits: Limits,
  asImage: boolean,
): Decoded {
  const { height, width } = screen;
  const [{ colours }] = frames as [Frame];
  const own = frames.some((frame) => !sameColours(frame.colours, colours));
  if (own && !asImage)
    throw new Unsupported(
      'its frames have colours of their own, so that no index means the same in all; save this one as PNG',
    );
  const area = frames.reduce((sum, frame) => sum + frame.width * frame.height, width * height);
  assertDeclared({ width: area, height: 1 }, limits);
  assertDeclared({ width, height, channels: own ? 4 : 1 }, limits);
  const pixels = (frame: Frame) => indicesOf(bytes, frame, limits);
  if (own) return colourPicture(composed(frames, screen, pixels, colourOf), frames, screen);
  const seen = composed(frames, screen, pixels, (index) => index);
  const count = colours.length / 3;
  const unused = frames.at(-1)!.transparent ?? Math.min(count, 255);
  const open = seen.includes(nothing);
  const data = new Uint8Array(seen.length);
  for (let i = 0; i < data.length; i++) data[i] = seen[i] === nothing ? unused : seen[i]!;
  const raster = { data, height, width, channels: 1 };
  if (!open) return { raster, bits: 8, palette: colours.slice() };
  return { raster, bits: 8, palette: veiled(colours, unused), paletteAlpha: true };
}

/**
 * Frames as they are seen: palette indices with their colours, which have an alpha channel when one of them is
 * transparent; then a frame may be smaller than the picture. Later frames of several palettes come as colours.
 *
 * @param reading `all` gives every frame, else the one that `choice.time` says; `asImage` says that indices need not be kept.
 * @throws {Unsupported} for an animation of which no frame is asked for.
 */
export function decodeGif(
  bytes: Uint8Array,
  limits: Limits,
  choice: PlaneChoice,
  { all, asImage }: { readonly all: boolean; readonly asImage: boolean },
): Decoded[] {
  if (bytes.length < 13) throw new Error('its header is damaged');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  const flags = bytes[10]!;
  const size = flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
  if (13 + size > bytes.length) throw new Error('its data end early');
  const frames = framesOf(bytes, 13 + size, size > 0 ? bytes.subarray(13, 13 + size) : undefined);
  const { width, height } = screen;
  const count = frames.length;
  const every = all && choice.time === undefined;
  const about = `it is an animation of ${count} frames`;
  const wanted = every ? [...frames.keys()] : [chosen('time', count, choice, about)];
  const beyond = frames
    .slice(0, wanted.at(-1)! + 1)
    .findIndex((frame) => frame.left + frame.width > width || frame.top + frame.height > height);
  if (beyond >= 0)
    throw new Error(
      `its ${beyond === 0 ? 'first frame' : `frame ${beyond}`} reaches beyond ${width}×${height} pixels`,
    );
  return wanted.map((index, i) => {
    const own = { ...limits, taken: i * width * height };
    if (index === 0) return firstPicture(bytes, frames[0]!, screen, own);
    return laterPicture(bytes, frames.slice(0, index + 1), screen, own, asImage);
  });
}
