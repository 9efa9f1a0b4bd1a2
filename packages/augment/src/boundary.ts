/**
 * What lies beyond the border, in the words of `scipy.ndimage`; for `a b c d`:
 * `'reflect'` d c b a | a b c d | d c b a (about the outer edge), `'mirror'` d c b | a b c d | c b a (about the centre
 * of the last pixel), `'nearest'` a a a | a b c d | d d d, `'grid-wrap'` a b c d | a b c d (period n), `'wrap'` with
 * period n − 1, `'constant'` the value `cval` wherever a coordinate leaves [0, n − 1], `'grid-constant'` pixels of the
 * value `cval`, with interpolation between the last pixel and them.
 */
export type BorderMode =
  | 'reflect'
  | 'mirror'
  | 'nearest'
  | 'wrap'
  | 'grid-wrap'
  | 'constant'
  | 'grid-constant';

export const borderModes: readonly BorderMode[] = [
  'reflect',
  'mirror',
  'nearest',
  'wrap',
  'grid-wrap',
  'constant',
  'grid-constant',
];

/** The remainder in [0, period). */
const modulo = (x: number, period: number) => x - period * Math.floor(x / period);

/**
 * Brings a coordinate to the image; NaN when it is outside for `'constant'`. Halves fold as scipy folds them, which
 * matters to the nearest neighbour; a result may lie less than one pixel beyond an edge.
 */
export function foldCoordinate(c: number, n: number, mode: BorderMode): number {
  if (c >= 0 && c <= n - 1) return c;
  switch (mode) {
    case 'grid-constant':
      return c;
    case 'constant':
      return Number.NaN;
    case 'nearest':
      return c < 0 ? 0 : n - 1;
    case 'mirror': {
      if (n === 1) return 0;
      const period = 2 * n - 2;
      if (c < 0) {
        const back = c + period * Math.floor(-c / period);
        return back <= 1 - n ? back + period : -back;
      }
      const m = modulo(c, period);
      return m >= n ? period - m : m;
    }
    case 'reflect': {
      const period = 2 * n;
      const m = modulo(c < 0 ? -c - 1 : c, period);
      return m >= n ? period - m - 1 : m;
    }
    case 'wrap': {
      if (n === 1) return 0;
      // An exact multiple of the period from below is the last pixel, from above the first.
      if (c > 0) return modulo(c, n - 1);
      const m = modulo(c, n - 1);
      return m === 0 ? n - 1 : m;
    }
    case 'grid-wrap':
      return modulo(c, n);
  }
}

/** Brings the index of a pixel that an interpolation reaches for into [0, n); −1 stands for `cval`. */
export function foldIndex(i: number, n: number, mode: BorderMode): number {
  if (i >= 0 && i < n) return i;
  switch (mode) {
    case 'grid-constant':
      return -1;
    case 'nearest':
      return i < 0 ? 0 : n - 1;
    case 'reflect': {
      const m = modulo(i, 2 * n);
      return m < n ? m : 2 * n - 1 - m;
    }
    case 'grid-wrap':
      return modulo(i, n);
    default: {
      // 'mirror'; and, as in scipy, 'constant' and 'wrap', whose coordinates are inside already.
      if (n === 1) return 0;
      const m = modulo(i, 2 * n - 2);
      return m < n ? m : 2 * n - 2 - m;
    }
  }
}
