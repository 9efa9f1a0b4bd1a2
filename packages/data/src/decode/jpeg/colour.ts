/*
 * Luma and chroma to red, green and blue (ITU T.871; Rec. 601 weights), in integers of 16 bits' fraction, so that every
 * machine and libjpeg agree.
 */
const half = 1 << 15;
const tables = () => {
  const of = (factor: number, add: number) =>
    Int32Array.from({ length: 256 }, (_, i) => Math.round(factor * 65_536) * (i - 128) + add);
  return {
    red: of(1.402, half).map((value) => value >> 16),
    blue: of(1.772, half).map((value) => value >> 16),
    greenOfBlue: of(-0.34414, half),
    greenOfRed: of(-0.71414, 0),
  };
};

/** Turns rows of luma, blue and red chroma into red, green and blue of `out`, `step` values a pixel. */
export function lumaToRgb(): (
  rows: readonly Int32Array[],
  width: number,
  out: Uint8ClampedArray,
  at: number,
  step: number,
) => void {
  const { red, blue, greenOfBlue, greenOfRed } = tables();
  return (rows, width, out, at, step) => {
    const [luma, cb, cr] = rows as readonly [Int32Array, Int32Array, Int32Array];
    for (let x = 0; x < width; x++, at += step) {
      const y = luma[x]!;
      const b = cb[x]!;
      const r = cr[x]!;
      out[at] = y + red[r]!;
      out[at + 1] = y + ((greenOfBlue[b]! + greenOfRed[r]!) >> 16);
      out[at + 2] = y + blue[b]!;
    }
  };
}
