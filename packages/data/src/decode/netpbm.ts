import type { Decoded } from './decoded.js';

interface Header {
  readonly kind: number;
  readonly width: number;
  readonly height: number;
  readonly maximum: number;
  readonly at: number;
}

function header(bytes: Uint8Array): Header {
  const kind = bytes[1]! - 0x30;
  const numbers: number[] = [];
  const wanted = kind === 1 || kind === 4 ? 2 : 3;
  let at = 2;
  while (numbers.length < wanted) {
    while (at < bytes.length && (bytes[at]! <= 0x20 || bytes[at] === 0x23))
      if (bytes[at++] === 0x23) while (at < bytes.length && bytes[at] !== 0x0a) at++;
    let digits = '';
    while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) digits += String.fromCharCode(bytes[at++]!);
    if (digits === '') throw new Error('the header is damaged');
    numbers.push(Number(digits));
  }
  const [width, height, maximum = 1] = numbers as [number, number, number?];
  return { kind, width, height, maximum, at: at + 1 };
}

/** PBM, PGM and PPM, plain or binary, 1 to 16 bits (P1 to P6). In bitmaps 1 is black, as the format says. */
export function decodeNetpbm(bytes: Uint8Array): Decoded {
  const { kind, width, height, maximum, at } = header(bytes);
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const count = width * height * channels;
  const data = maximum > 255 ? new Uint16Array(count) : new Uint8Array(count);
  const wrong = () => new Error(`the file ends before ${count} values`);
  if (kind <= 3) {
    const text = new TextDecoder().decode(bytes.subarray(at - 1)).replace(/#.*/g, '');
    const words = kind === 1 ? text.match(/[01]/g) : text.match(/\d+/g);
    if (words === null || words.length < count) throw wrong();
    for (let i = 0; i < count; i++) data[i] = Number(words[i]);
  } else if (kind === 4) {
    const rowBytes = Math.ceil(width / 8);
    if (bytes.length - at < rowBytes * height) throw wrong();
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        data[y * width + x] = (bytes[at + y * rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1;
  } else if (maximum > 255) {
    if (bytes.length - at < 2 * count) throw wrong();
    for (let i = 0; i < count; i++) data[i] = (bytes[at + 2 * i]! << 8) | bytes[at + 2 * i + 1]!;
  } else {
    if (bytes.length - at < count) throw wrong();
    data.set(bytes.subarray(at, at + count));
  }
  if (kind === 1 || kind === 4) for (let i = 0; i < count; i++) data[i] = 1 - data[i]!;
  return { raster: { data, height, width, channels }, bits: maximum === 1 ? 1 : maximum > 255 ? 16 : 8 };
}
