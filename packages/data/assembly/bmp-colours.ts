// Blue, green and red become red, green and blue: the same bytes as in bmp-colours.ts, sixteen pixels at a time.

/** Turns the colours of pixels of three bytes from `at` to `end`, in place; beyond `end` up to 47 bytes are changed too. */
export function turned(at: usize, end: usize): void {
  for (; at < end; at += 48) {
    const first = v128.load(at);
    const second = v128.load(at, 16);
    const third = v128.load(at, 32);
    // Two pixels lie in two words each.
    const middle = v128.shuffle<i8>(first, second, 16, 15, 20, 19, 18, 23, 22, 21, 26, 25, 24, 29, 28, 27, 0, 31);
    v128.store(at, v128.shuffle<i8>(first, second, 2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 14, 13, 12, 17));
    v128.store(at, v128.shuffle<i8>(middle, third, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 15), 16);
    v128.store(at, v128.shuffle<i8>(second, third, 14, 19, 18, 17, 22, 21, 20, 25, 24, 23, 28, 27, 26, 31, 30, 29), 32);
  }
}
