import { Unsupported } from '../faults.js';

/** A picture of a GIF, which may be a part of the whole. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  readonly colours: Uint8Array;
  /** Where the code size and the data stand. */
  readonly at: number;
  readonly transparent: number | undefined;
  /** What becomes of it before the next: 2, its place is cleared; 3, what was there before comes back; else it stays. */
  readonly disposal: number;
}

/** How many bytes a chain of sub-blocks holds (GIF 89a, section 15), and where it ends. */
export function measuredBlocks(bytes: Uint8Array, at: number): { length: number; end: number } {
  for (let total = 0; ; ) {
    const length = bytes[at++];
    if (length === undefined || at + length > bytes.length) throw new Error('its data end early');
    if (length === 0) return { length: total, end: at };
    total += length;
    at += length;
  }
}

/** Bytes that a chain of sub-blocks holds. */
export function subBlocks(bytes: Uint8Array, at: number): Uint8Array {
  const data = new Uint8Array(measuredBlocks(bytes, at).length);
  for (let to = 0; to < data.length; ) {
    const length = bytes[at++]!;
    data.set(bytes.subarray(at, at + length), to);
    to += length;
    at += length;
  }
  return data;
}

/**
 * The frames after the header and global colours. What ends early or is damaged behind a frame ends the list: the
 * first is read even where the rest of the file is gone.
 */
export function framesOf(bytes: Uint8Array, start: number, global: Uint8Array | undefined): Frame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Frame[] = [];
  let transparent: number | undefined;
  let disposal = 0;
  let at = start;
  const next = (): boolean => {
    const kind = bytes[at++];
    if (kind === undefined || kind === 0x3b) {
      if (frames.length === 0) throw new Error('it has no picture');
      return false;
    }
    if (kind === 0x21) {
      const label = bytes[at++];
      const { end } = measuredBlocks(bytes, at);
      const data = subBlocks(bytes, at);
      if (label === 0xf9 && data.length >= 4) {
        transparent = data[0]! & 1 ? data[3]! : undefined;
        disposal = (data[0]! >> 2) & 7;
      }
      at = end;
      return true;
    }
    if (kind !== 0x2c || at + 9 > bytes.length) throw new Error('its blocks are damaged');
    const [left, top, width, height] = [0, 2, 4, 6].map((from) => view.getUint16(at + from, true)) as [
      number,
      number,
      number,
      number,
    ];
    const flags = bytes[at + 8]!;
    at += 9;
    const own = flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
    if (at + own > bytes.length) throw new Error('its data end early');
    const colours = own > 0 ? bytes.subarray(at, at + own) : global;
    if (colours === undefined)
      throw new Unsupported('it has no table of colours and leaves them to the viewer; save it as PNG');
    at += own;
    const interlaced = (flags & 0x40) !== 0;
    frames.push({ left, top, width, height, interlaced, colours, at, transparent, disposal });
    [transparent, disposal] = [undefined, 0];
    at = measuredBlocks(bytes, at + 1).end;
    return true;
  };
  try {
    while (next());
  } catch (cause) {
    if (frames.length === 0) throw cause;
  }
  return frames;
}
