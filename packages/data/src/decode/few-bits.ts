/** Four bytes of 0 or 1 for four bits, high ones first, as they stand in a word of this machine. */
const spread = /* @__PURE__ */ (() => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => ((i >> 2) >> (3 - (i & 3))) & 1);
  return new Int32Array(bytes.buffer);
})();

/** Bits of rows that are padded to whole bytes, eight at a time. */
function spreadBits(packed: Uint8Array, height: number, width: number): Uint8Array {
  const data = new Uint8Array(height * width);
  const words = new Int32Array(data.buffer, 0, data.length >> 2);
  const rowBytes = (width + 7) >> 3;
  // Rows of whole words are written by words; what is left of a row, or of others, bit by bit.
  const whole = (width & 3) === 0 ? width >> 3 : 0;
  for (let y = 0; y < height; y++) {
    let from = y * rowBytes;
    let at = y * width;
    for (let to = at >> 2, end = from + whole; from < end; to += 2) {
      const byte = packed[from++]!;
      words[to] = spread[byte >> 4]!;
      words[to + 1] = spread[byte & 15]!;
    }
    at += 8 * whole;
    for (const end = (y + 1) * width; at < end; from++)
      for (let bit = 7; bit >= 0 && at < end; bit--) data[at++] = (packed[from]! >> bit) & 1;
  }
  return data;
}

/** Spreads packed values of 1 to 14 bits, rows padded to whole bytes, high bits first. */
export function unpacked(
  packed: Uint8Array,
  height: number,
  width: number,
  bits: number,
): Uint8Array | Uint16Array {
  if (bits === 1) return spreadBits(packed, height, width);
  const data = bits <= 8 ? new Uint8Array(height * width) : new Uint16Array(height * width);
  const rowBytes = Math.ceil((width * bits) / 8);
  const mask = (1 << bits) - 1;
  for (let y = 0, at = 0; y < height; y++) {
    let from = y * rowBytes;
    let [hold, held] = [0, 0];
    for (let x = 0; x < width; x++, at++) {
      while (held < bits) {
        hold = ((hold << 8) | packed[from++]!) & 0xff_ffff;
        held += 8;
      }
      held -= bits;
      data[at] = (hold >> held) & mask;
    }
  }
  return data;
}

/** Values of fewer than 8 bits as 0 to 255, cut to whole numbers. */
export function stretched(values: Uint8Array, bits: number): Uint8Array {
  const factor = 255 / ((1 << bits) - 1);
  const data = new Uint8Array(values.length);
  let i = 0;
  if (Number.isInteger(factor) && values.byteOffset % 4 === 0) {
    // No value reaches beyond its byte, so four are multiplied as one word.
    const words = new Int32Array(values.buffer, values.byteOffset, values.length >> 2);
    const out = new Int32Array(data.buffer, 0, words.length);
    for (let at = 0; at < out.length; at++) out[at] = Math.imul(words[at]!, factor);
    i = 4 * out.length;
  }
  for (; i < data.length; i++) data[i] = values[i]! * factor;
  return data;
}
