/**
 * Rings of eight neighbours for which scikit-image's `skeletonize` departs from the rules of Zhang and Suen, by the
 * compass points that are set, and the subiterations in which the centre goes nonetheless. Ends of strokes two pixels wide
 * go in one subiteration or none, so that a block of 2×2 is not lost; some of the corners of stairs, which the paper keeps,
 * go. Its table has them so; they follow no symmetry.
 * @see T. Y. Zhang, C. Y. Suen, A fast parallel algorithm for thinning digital patterns, 1984.
 */
const exceptions: Readonly<Record<'both' | 'first' | 'second' | 'never', readonly string[]>> = {
  both: ['N E', 'E S', 'N W', 'S W'],
  first: ['NW N', 'N NE', 'NE E', 'N NE E', 'NW N W', 'NW N E', 'N NE W', 'NW S W', 'N SW W', 'N NE SW W'],
  second: ['E SE', 'E SE S', 'S SW', 'SW W', 'S SW W', 'N E SE', 'E S SW', 'NE E S SW', 'SE S W'],
  never: ['SE S', 'NW W'],
};

/** Clockwise from above, as a ring is. */
const points = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'];

const bitsOf = (names: string) =>
  names.split(' ').reduce((bits, name) => bits | (1 << points.indexOf(name)), 0);

const goes = new Map<number, readonly [inFirst: boolean, inSecond: boolean]>();
for (const [when, rings] of Object.entries(exceptions))
  for (const ring of rings)
    goes.set(bitsOf(ring), [when === 'both' || when === 'first', when === 'both' || when === 'second']);

/** Whether the centre goes in the first or the second (`odd`) subiteration; undefined where the paper's rules hold. */
export function goesAsScikitImage(ring: readonly number[], odd: boolean): boolean | undefined {
  return goes.get(ring.reduce((bits, value, k) => bits | (value << k), 0))?.[odd ? 1 : 0];
}
