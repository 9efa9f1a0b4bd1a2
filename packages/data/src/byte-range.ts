/** Bytes from a place on, or the last ones. */
export type ByteRange =
  | { readonly offset: number; readonly length: number }
  | { readonly suffixLength: number };

/** Where a range begins and ends in something of `size` bytes, cut to it. */
export function within(range: ByteRange, size: number): readonly [from: number, to: number] {
  if ('suffixLength' in range) return [Math.max(0, size - range.suffixLength), size];
  const from = Math.min(range.offset, size);
  return [from, Math.min(size, from + range.length)];
}
