// Bytes of words turned about: the same as in swapped-words.ts, sixteen at a time.

/** Turns the bytes of words of `width` (2, 4 or 8) bytes from `at` to `end`, in place; beyond `end` up to 15 bytes are changed too. */
export function swapped(at: usize, end: usize, width: i32): void {
  let places = i8x16(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  if (width == 4) places = i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  if (width == 8) places = i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
  for (; at < end; at += 16) v128.store(at, i8x16.swizzle(v128.load(at), places));
}
