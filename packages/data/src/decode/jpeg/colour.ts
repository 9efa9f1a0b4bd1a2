/*
 * Luma and chroma to red, green and blue (ITU T.871; Rec. 601 weights), in integers of 16 bits' fraction, so that every
 * machine and libjpeg agree.
 */
/** Turns a row of luma, from `from` on, and rows of blue and red chroma into red, green and blue of `out`, `step` values a pixel. */
export function lumaToRgb(
  luma: Uint8ClampedArray,
  from: number,
  cb: Int32Array,
  cr: Int32Array,
  width: number,
  out: Uint8ClampedArray,
  at: number,
  step: number,
): void {
  // 1.402, 1.772, 0.34414 and 0.71414 of 65,536, and a half; written out, since a name beyond the loop costs a load.
  for (let x = 0; x < width; x++, at += step) {
    const y = luma[from + x]!;
    const b = cb[x]! - 128;
    const r = cr[x]! - 128;
    out[at] = (y + ((Math.imul(91_881, r) + 32_768) >> 16)) | 0;
    out[at + 1] = (y + ((Math.imul(-22_554, b) + Math.imul(-46_802, r) + 32_768) >> 16)) | 0;
    out[at + 2] = (y + ((Math.imul(116_130, b) + 32_768) >> 16)) | 0;
  }
}
