/**
 * Undoes RLE8 and RLE4: pairs of a count and a value (RLE4: two values that take turns), 0 and 0 for the end of a row,
 * 0 and 1 for the end, 0 and 2 for a step right and up, 0 and n ≥ 3 for n values as they are, padded to 16 bits. Rows
 * run from the bottom; pixels that are stepped over stay 0. Some writers leave the end mark out.
 * @throws {Error} when the data or the end mark come before the last row is full, or a run leaves the picture.
 */
export function unpackRuns(
  bytes: Uint8Array,
  at: number,
  bits: number,
  { data, height, width }: { readonly data: Uint8Array; readonly height: number; readonly width: number },
): void {
  let [x, y] = [0, height - 1];
  const put = (value: number) => {
    if (x >= width || y < 0) throw new Error('its runs leave the picture');
    data[y * width + x++] = value;
  };
  const nibble = (byte: number, k: number) => (k & 1 ? byte & 15 : byte >> 4);
  const isFull = () => y < 0 || (y === 0 && x >= width);
  for (;;) {
    if (at + 2 > bytes.length) {
      if (isFull()) return;
      throw new Error('its runs end early');
    }
    const [count, value] = [bytes[at]!, bytes[at + 1]!];
    at += 2;
    if (count > 0) for (let k = 0; k < count; k++) put(bits === 8 ? value : nibble(value, k));
    else if (value === 0) {
      x = 0;
      y--;
    } else if (value === 1) {
      if (!isFull()) throw new Error(`its runs end ${y + 1} rows early`);
      return;
    } else if (value === 2) {
      if (at + 2 > bytes.length) throw new Error('its runs end early');
      x += bytes[at]!;
      y -= bytes[at + 1]!;
      at += 2;
    } else {
      const length = bits === 8 ? value : (value + 1) >> 1;
      if (at + length > bytes.length) throw new Error('its runs end early');
      for (let k = 0; k < value; k++) put(bits === 8 ? bytes[at + k]! : nibble(bytes[at + (k >> 1)]!, k));
      at += length + (length & 1);
    }
  }
}
