import { hostLittle } from './host-little.js';

/** Indices as the red, green and blue that a palette has for them: four pixels make three words. */
export function coloured(indices: Uint8Array, palette: Uint8Array): Uint8Array {
  const { length } = indices;
  const out = new Uint8Array(3 * length);
  // An index without a colour is black.
  const colours = Int32Array.from(
    { length: 256 },
    (_, i) => palette[3 * i]! | (palette[3 * i + 1]! << 8) | (palette[3 * i + 2]! << 16),
  );
  const whole = hostLittle ? length & ~3 : 0;
  const words = new Int32Array(out.buffer, 0, (3 * whole) / 4);
  for (let i = 0, to = 0; i < whole; i += 4, to += 3) {
    const second = colours[indices[i + 1]!]!;
    const third = colours[indices[i + 2]!]!;
    words[to] = colours[indices[i]!]! | (second << 24);
    words[to + 1] = (second >>> 8) | (third << 16);
    words[to + 2] = (third >>> 16) | (colours[indices[i + 3]!]! << 8);
  }
  for (let i = 3 * whole; i < 3 * length; i++) out[i] = palette[3 * indices[Math.floor(i / 3)]! + (i % 3)]!;
  return out;
}
