import { Unsupported } from './faults.js';

/** Ids that are remembered: more objects than any label image has. */
const most = 2 ** 20;

/**
 * Makes the function that turns the 64-bit integers of one picture into doubles, the nearest ones beyond ±2⁵³.
 * @throws {Unsupported} (that function) where two integers become one double: two objects would become one.
 */
export function toldApart(): (value: bigint) => number {
  const known = new Map<number, bigint>();
  return (value) => {
    const nearest = Number(value);
    if (Number.isSafeInteger(nearest)) return nearest;
    const other = known.get(nearest);
    if (other === value) return nearest;
    if (other !== undefined)
      throw new Unsupported(
        `it holds the integers ${other} and ${value}, which are not told apart; number the labels from 1 on`,
      );
    if (known.size === most)
      throw new Unsupported(
        `it holds more than ${most} integers beyond ±${Number.MAX_SAFE_INTEGER}; number the labels from 1 on`,
      );
    known.set(nearest, value);
    return nearest;
  };
}
