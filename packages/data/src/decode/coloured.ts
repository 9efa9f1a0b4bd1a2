/** Indices as the red, green and blue that a palette has for them: four pixels make three words, low byte first. */
export function coloured(indices: Uint8Array, palette: Uint8Array): Uint8Array {
  const { length } = indices;
  const out = new Uint8Array(3 * length);
  // An index without a colour is black.
  const colours = new Int32Array(256).map(
    (_, i) => palette[3 * i]! | (palette[3 * i + 1]! << 8) | (palette[3 * i + 2]! << 16),
  );
  const whole = length & ~3;
  const words = new Int32Array(out.buffer, 0, (3 * whole) / 4);
  for (let i = 0, to = 0; i < whole; i += 4) {
    const second = colours[indices[i + 1]!]!;
    const third = colours[indices[i + 2]!]!;
    words[to++] = colours[indices[i]!]! | (second << 24);
    words[to++] = (second >>> 8) | (third << 16);
    words[to++] = (third >>> 16) | (colours[indices[i + 3]!]! << 8);
  }
  for (let i = whole; i < length; i++) out.set(palette.subarray(3 * indices[i]!, 3 * indices[i]! + 3), 3 * i);
  return out;
}
