import type { GridJob, GridPoint, GridRunner, PointValues } from '@segscape/landscape';
import { expect, test } from 'vitest';
import { coarseFirst, coarsestFirst, type DrawnPoint, roundsOfHalving } from '../src/study/coarse-first.js';
import { filled, Sketch } from '../src/study/sketched-surface.js';

/** A square of n × n points over [−1, 1]². */
const square = (n: number): GridPoint[] =>
  Array.from({ length: n * n }, (_, index) => ({
    index,
    offsets: [(2 * (index % n)) / (n - 1) - 1, (2 * Math.floor(index / n)) / (n - 1) - 1],
  }));
/** A loss that linear interpolation has exactly. */
const plane = ([x = 0, y = 0]: readonly number[]) => 3 + 2 * x - y;

test('places are halved: both ends, the middle, the quarters', () => {
  expect(roundsOfHalving(9)).toEqual([0, 3, 2, 3, 1, 3, 2, 3, 0]);
  expect(roundsOfHalving(2)).toEqual([0, 0]);
  expect(roundsOfHalving(4)).toEqual([0, 1, 2, 0]);
});
test('corners first, then the lattice of three, of five, of nine; none is lost or doubled', () => {
  const order = coarsestFirst(square(9)).map(({ index }) => index);
  expect(order.slice(0, 4)).toEqual([0, 8, 72, 80]);
  expect(order.slice(4, 9).sort((a, b) => a - b)).toEqual([4, 36, 40, 44, 76]);
  const onEven = (index: number) => index % 2 === 0 && Math.floor(index / 9) % 2 === 0;
  expect(order.slice(0, 25).every(onEven)).toBe(true);
  expect([...order].sort((a, b) => a - b)).toEqual(square(9).map(({ index }) => index));
});
test('between known points a lattice is interpolated bilinearly; one known value is the value everywhere', () => {
  const points = square(5);
  const axis = Float64Array.from([-1, -0.5, 0, 0.5, 1]);
  const corners = Float32Array.from(points, ({ index, offsets }) =>
    [0, 4, 20, 24].includes(index) ? plane(offsets) : Number.NaN,
  );
  expect([...filled(corners, axis, axis)]).toEqual(points.map(({ offsets }) => plane(offsets)));
  const one = new Float32Array(25).fill(Number.NaN).fill(7, 12, 13);
  expect(new Set(filled(one, axis, axis))).toEqual(new Set([7]));
});

/** Evaluates a plane, and notes the order. */
function noting(): { runner: GridRunner; asked: number[]; disposed: () => boolean } {
  const asked: number[] = [];
  let gone = false;
  const runner: GridRunner = {
    name: 'noting',
    async *evaluate({ points }: GridJob): AsyncGenerator<PointValues> {
      for (const { index, offsets } of points) {
        asked.push(index);
        yield { index, values: { dice: plane(offsets) } };
      }
    },
    dispose: async () => {
      gone = true;
    },
  };
  return { runner, asked, disposed: () => gone };
}
const job = (points: readonly GridPoint[]): GridJob => ({
  objective: { kind: 'study', config: { losses: ['dice'] } },
  params: {},
  directions: [],
  batches: [],
  shares: [],
  points,
});

test('a whole picture is there after four points, and is the surface itself after all', async () => {
  const { runner, asked, disposed } = noting();
  const sketch = new Sketch();
  let built = 0;
  const drawn: DrawnPoint[] = [];
  const coarse = coarseFirst(runner, { study: () => ++built as never }, (point) => {
    drawn.push(point);
    sketch.add(point);
  });
  const all = square(5);
  const knew: number[] = [];
  const got: number[] = [];
  for await (const { index } of coarse.evaluate(job(all))) {
    got.push(index);
    const picture = sketch.picture();
    if (picture === undefined) continue;
    knew.push(picture.known);
    expect([...picture.values.dice!]).toEqual(all.map(({ offsets }) => plane(offsets)));
    expect([picture.x.length, picture.y.length, picture.total]).toEqual([5, 5, 25]);
  }
  expect([knew[0], knew.at(-1)]).toEqual([4, 25]);
  expect([asked, drawn.map(({ index }) => index)]).toEqual([got, got]);
  // The next surface of the study begins afresh, with the same losses.
  for await (const _ of coarse.evaluate(job(square(3)))) break;
  expect([built, sketch.picture()]).toEqual([1, undefined]);
  await coarse.dispose();
  expect(disposed()).toBe(true);
});
test('points that are no plane are left in their order, and are not told of', async () => {
  const { runner, asked } = noting();
  const told: DrawnPoint[] = [];
  const line = square(3).map(({ index, offsets }) => ({ index, offsets: [offsets[0]!] }));
  const coarse = coarseFirst(runner, { study: () => undefined as never }, (point) => told.push(point));
  for await (const _ of coarse.evaluate(job(line)));
  expect([asked, told]).toEqual([line.map(({ index }) => index), []]);
});
