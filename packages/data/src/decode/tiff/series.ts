/** Axes along which pages follow each other. */
export type PlaneAxis = 'Z' | 'C' | 'T';
/** How many planes along each axis, or the place of one. */
export type Planes = Readonly<Record<PlaneAxis, number>>;

/** One picture of a file: its planes, and the page in which each of them lies. */
export interface Series {
  readonly name?: string;
  readonly sizes: Planes;
  /** Index among all pages of the file. */
  pageOf(place: Planes): number;
  /** Micrometres of a pixel `[y, x]`. */
  readonly spacing?: readonly [number, number];
  /** Micrometres from one slice to the next. */
  readonly between?: number;
  /** Why its planes can't be put together, if so. */
  readonly odd?: string;
}

/** What a file says of its pages. */
export interface TiffMeaning {
  /** Micrometres of a pixel `[y, x]`. */
  readonly spacing?: readonly [number, number];
  /** The pictures that it tells of; none where it says nothing. */
  readonly series?: readonly Series[];
  /** Pictures that ImageJ says there are; beyond 4 GB it writes one directory for all. */
  readonly images?: number;
  /** Why its pages can't be told apart, if so; each of them can still be read. */
  readonly odd?: string;
}

export const planesOf = ({ Z, C, T }: Planes): number => Z * C * T;

/** Where a plane stands among all, along the axes of `order`, the first of which changes from plane to plane. */
export function standing(order: string, sizes: Planes, place: Planes): number {
  let [at, stride] = [0, 1];
  for (const axis of order as Iterable<PlaneAxis>) {
    at += place[axis] * stride;
    stride *= sizes[axis];
  }
  return at;
}

/** A picture whose planes lie in `pages`, one after the other. */
export const inOrder = (order: string, sizes: Planes, pages: readonly number[]): Series => ({
  sizes,
  pageOf: (place) => pages[standing(order, sizes, place)]!,
});

/** Sizes as words: `3 channels, 5 slices`. */
export function shownPlanes({ Z, C, T }: Planes): string {
  const parts = [
    [Z, 'slices'],
    [C, 'channels'],
    [T, 'points in time'],
  ] as const;
  const several = parts.filter(([size]) => size !== 1).map(([size, name]) => `${size} ${name}`);
  return several.length === 0 ? 'one plane' : several.join(', ');
}
