import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { SegscapeError } from './errors.js';
import { inverseNormal } from './inverse-normal.js';

/** A stream of seeded random numbers that are all alike: the same bits in Node and in every browser. */
export interface UniformRng {
  /** In [0, 1), 32 bits. */
  uniform(): number;
  /** Fills an array with what as many calls of `uniform` would give, several times as quickly. */
  uniforms(values: Float64Array): void;
  /** Integer in [low, high), without bias. */
  integer(low: number, high: number): number;
  /** An independent stream; the same label gives the same stream, whatever was drawn from this one. */
  fork(label: string | number): UniformRng;
  /** Everything needed to go on from here with `restoreRandom`; plain JSON. */
  state(): RngState;
  /**
   * Goes on from a state of this stream that a loop of one's own has drawn from since; only streams whose words are
   * xoroshiro128+'s have it.
   */
  continueFrom?(state: RngState): void;
}

/** The same stream with normal deviates, too. */
export interface Rng extends UniformRng {
  /** Standard normal deviate. */
  normal(): number;
  fork(label: string | number): Rng;
}

export interface RngState {
  readonly seed: number;
  readonly words: readonly number[];
}

/** FNV-1a with a final avalanche: spreads labels over 32 bits. */
function hash(seed: number, label: string): number {
  let h = (seed ^ 0x811c9dc5) | 0;
  for (let i = 0; i < label.length; i++) h = Math.imul(h ^ label.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** A seed in 32 bits: as it is where it has no more, so that a moment in milliseconds is a seed, too. */
function folded(seed: number): number {
  const high = Math.floor(seed / 0x1_0000_0000);
  return high === 0 || (high === -1 && seed >= -0x8000_0000) ? seed | 0 : hash(seed | 0, `high:${high}`);
}

/**
 * Seeded random numbers (xoroshiro128+).
 * @param seed an integer that is exact; -1 and 2³² - 1, the same 32 bits, are one seed.
 * @returns a stream of its own.
 * @throws {SegscapeError} `BAD_OPTION` for another seed.
 */
export const random = (seed: number): Rng => withNormal(uniformRandom(seed));

/**
 * The stream of `random` without normal deviates, whose coefficients are most of it in a page.
 * @param seed as of `random`.
 * @returns a stream of its own: the bits of `random(seed)`.
 * @throws {SegscapeError} `BAD_OPTION` for a seed that is not an exact integer.
 */
export function uniformRandom(seed: number): UniformRng {
  if (!Number.isSafeInteger(seed))
    throw new SegscapeError('BAD_OPTION', `random: seed (=${seed}) must be a safe integer.`, {
      details: { seed },
    });
  const word = folded(seed);
  // The generator takes its seed nearly as it is; nearby seeds must not give nearby streams.
  return stream(word, xoroshiro128plus(hash(word, 'seed')));
}

/**
 * Goes on from a `state()`.
 * @param state what `state()` gave.
 * @returns a stream that goes on from there.
 * @throws {SegscapeError} `BAD_OPTION` for what is no state: four 32-bit words, not all of them 0, and the seed.
 */
export function restoreRandom(state: RngState): Rng {
  const { seed, words } = state ?? {};
  if (
    !Number.isInteger(seed) ||
    words?.length !== 4 ||
    !words.every(Number.isInteger) ||
    !words.some(Boolean)
  )
    throw new SegscapeError(
      'BAD_OPTION',
      'restoreRandom: this is no state of a stream; give what state() gave.',
    );
  return withNormal(stream(seed, xoroshiro128plusFromState(words)));
}

const withNormal = (rng: UniformRng): Rng => ({
  ...rng,
  // The half step keeps 0 and 1 out, where the inverse is infinite.
  normal: () => inverseNormal(rng.uniform() + 0.5 / 0x1_0000_0000),
  fork: (label) => withNormal(rng.fork(label)),
});

/**
 * The generator's steps with its four words in registers, which makes a draw three times as quick.
 * @returns the words after the last draw.
 * @see Blackman, Vigna, Scrambled linear pseudorandom number generators, 2021.
 */
function drawUniforms(words: readonly number[], values: Float64Array): readonly number[] {
  let [high0, low0, high1, low1] = words.map((word) => word | 0) as [number, number, number, number];
  for (let i = 0; i < values.length; i++) {
    values[i] = ((low0 + low1) >>> 0) / 0x1_0000_0000;
    const low = low0 ^ low1;
    const high = high0 ^ high1;
    // Rotations by 24 and 37, and a shift by 16, of 64 bits in two halves.
    const rotated = (low0 << 24) | (high0 >>> 8);
    high0 = (high0 << 24) ^ (low0 >>> 8) ^ high ^ ((high << 16) | (low >>> 16));
    low0 = rotated ^ low ^ (low << 16);
    low1 = (high << 5) | (low >>> 27);
    high1 = (low << 5) | (high >>> 27);
  }
  return [high0, low0, high1, low1];
}

function stream(seed: number, start: ReturnType<typeof xoroshiro128plus>): UniformRng {
  let generator = start;
  return {
    uniform: () => (generator.next() >>> 0) / 0x1_0000_0000,
    uniforms(values) {
      generator = xoroshiro128plusFromState(drawUniforms(generator.getState(), values));
    },
    integer(low, high) {
      const range = high - low;
      if (!(Number.isInteger(low) && Number.isInteger(high) && range > 0 && range <= 0x1_0000_0000))
        throw new SegscapeError(
          'BAD_OPTION',
          `integer: expected integers low < high, got ${low} and ${high}.`,
        );
      const limit = 0x1_0000_0000 - (0x1_0000_0000 % range);
      let draw = generator.next() >>> 0;
      while (draw >= limit) draw = generator.next() >>> 0;
      return low + (draw % range);
    },
    fork: (label) => uniformRandom(hash(seed, `fork:${label}`)),
    state: () => ({ seed, words: [...generator.getState()] }),
    continueFrom({ words }) {
      generator = xoroshiro128plusFromState(words);
    },
  };
}

/**
 * A new array with the elements in random order (Fisher–Yates).
 * @param items stay as they are.
 * @param rng gives as many draws as there are items, but one.
 * @returns all of them in another order.
 */
export function shuffled<T>(items: Iterable<T>, rng: Pick<UniformRng, 'integer'>): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.integer(0, i + 1);
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
