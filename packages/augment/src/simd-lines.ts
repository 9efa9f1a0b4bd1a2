import type { Rng } from '@segscape/core';
import type { Block, Smoother, SmoothingPass, SolvingPass } from './kernel-jobs.js';
import { byteLength, copyIn, placed } from './module-memory.js';
import { fillWithNoise } from './noise.js';
import { lanes } from './strips.js';

/** What assembly/lines.ts exports. */
export interface LineModule {
  readonly memory: WebAssembly.Memory;
  smooth(
    values: number,
    outer: number,
    n: number,
    inner: number,
    half: number,
    radius: number,
    places: number,
    cval: number,
    strip: number,
  ): void;
  noise(values: number, count: number, state: number): void;
  scale(values: number, count: number, factor: number): void;
  solve(
    values: number,
    outer: number,
    n: number,
    inner: number,
    factor: number,
    upper: number,
    diagonal: number,
    strip: number,
  ): void;
}

/** Draws into a module's memory; streams of other generators draw for themselves. */
function drawNoise({ memory, noise }: LineModule, at: number, count: number, room: number, rng: Rng): void {
  if (rng.continueFrom === undefined) {
    fillWithNoise(new Float64Array(memory.buffer, at, count), rng);
    return;
  }
  const { seed, words } = rng.state();
  const [high0, low0, high1, low1] = words as [number, number, number, number];
  const state = new Int32Array(memory.buffer, room, 4);
  state.set([low0, high0, low1, high1]);
  noise(at, count, room);
  rng.continueFrom({ seed, words: [state[1]!, state[0]!, state[3]!, state[2]!] });
}

/** Values and the tables of all passes, side by side in a module's memory. */
export function smoother(
  module: LineModule,
  count: number,
  passes: readonly SmoothingPass[],
  cval: number,
): Smoother {
  const { memory, smooth, scale } = module;
  const longest = Math.max(0, ...passes.map(({ places }) => places.length));
  // The loop writes four positions at a time, and reads as many.
  const sizes = [
    8 * lanes * (longest + 4),
    ...passes.flatMap((pass) => [pass.half, pass.places]).map(byteLength),
  ];
  const [strip, ...tables] = placed(memory, [...sizes, 8 * count]) as [number, ...number[]];
  const at = tables.pop()!;
  return {
    values: new Float64Array(memory.buffer, at, count),
    drawNoise: (rng) => drawNoise(module, at, count, strip, rng),
    run: () =>
      passes.forEach(({ lines: { outer, n, inner }, half, places }, pass) => {
        const [weights, table] = tables.slice(2 * pass, 2 * pass + 2) as [number, number];
        copyIn(memory, weights, half);
        copyIn(memory, table, places);
        smooth(at, outer, n, inner, weights, half.length - 1, table, cval, strip);
      }),
    scaled: (factor) => {
      scale(at, count, factor);
      return new Float32Array(memory.buffer, at, count).slice();
    },
  };
}

/** Values and the factors of all passes, side by side in a module's memory. */
export function solver({ memory, solve }: LineModule, count: number, passes: readonly SolvingPass[]): Block {
  const longest = Math.max(0, ...passes.map(({ lines }) => lines.n));
  const factors = passes.map(({ elimination: { factor, upper, diagonal } }) => [factor, upper, diagonal]);
  const sizes = [8 * lanes * longest, ...factors.flat().map(byteLength), 8 * count];
  const [strip, ...tables] = placed(memory, sizes) as [number, ...number[]];
  const at = tables.pop()!;
  return {
    values: new Float64Array(memory.buffer, at, count),
    run: () =>
      passes.forEach(({ lines: { outer, n, inner } }, pass) => {
        const own = tables.slice(3 * pass, 3 * pass + 3) as [number, number, number];
        for (const [i, place] of own.entries()) copyIn(memory, place, factors[pass]![i]!);
        solve(at, outer, n, inner, ...own, strip);
      }),
  };
}
