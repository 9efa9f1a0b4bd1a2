import { type RngState, random, restoreRandom, shuffled, uniformRandom } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

describe('random', () => {
  test('the bits of a seed never change', () => {
    const rng = random(7);
    expect([rng.uniform(), rng.uniform(), rng.normal(), rng.integer(0, 1000)]).toMatchInlineSnapshot(`
      [
        0.44543459452688694,
        0.3579109099227935,
        0.6850338996025146,
        98,
      ]
    `);
  });

  test('seeds of more than 32 bits are seeds of their own, with forks of their own', () => {
    const first = (seed: number) => [random(seed).uniform(), random(seed).fork('a').uniform()].join();
    const moment = Date.UTC(2026, 10, 27);
    const seeds = [
      5,
      5 + 2 ** 32,
      5 + 2 ** 33,
      5 - 2 ** 33,
      moment,
      moment + 2 ** 32,
      2 ** 53 - 1,
      -(2 ** 53) + 1,
    ];
    expect(new Set(seeds.map(first)).size).toBe(seeds.length);
    expect(restoreRandom(random(moment).state()).fork(1).uniform()).toBe(random(moment).fork(1).uniform());
    expect(first(-(2 ** 31))).toBe(first(2 ** 31)); // The same 32 bits.
    for (const seed of [2 ** 53, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => random(seed)).toThrow('must be a safe integer');
  });

  test('an array is filled with what as many single draws give, and the stream goes on from there', () =>
    fc.assert(
      fc.property(fc.integer(), fc.nat(40), fc.nat(200), (seed, before, count) => {
        const [many, single] = [random(seed), random(seed)];
        for (let i = 0; i < before; i++) expect(many.uniform()).toBe(single.uniform());
        const values = new Float64Array(count);
        many.uniforms(values);
        expect(values).toEqual(Float64Array.from({ length: count }, () => single.uniform()));
        expect(many.state()).toEqual(single.state());
        expect(many.normal()).toBe(single.normal());
      }),
    ));

  test('without normal deviates it is the same stream, and its forks', () =>
    fc.assert(
      fc.property(fc.integer(), fc.nat(40), (seed, before) => {
        const [whole, plain] = [random(seed), uniformRandom(seed)];
        for (let i = 0; i < before; i++) whole.normal();
        plain.uniforms(new Float64Array(before)); // A normal deviate takes one draw.
        expect(plain.state()).toEqual(whole.state());
        expect(plain.fork('a').integer(0, 1000)).toBe(whole.fork('a').integer(0, 1000));
        expect(plain).not.toHaveProperty('normal');
      }),
    ));

  test('a stream goes on from a state of its own, and what it forks stays', () => {
    const [rng, other] = [random(5), random(5)];
    rng.uniform();
    const later = rng.state();
    const draws = [rng.uniform(), rng.normal()];
    rng.continueFrom!(later);
    expect([rng.uniform(), rng.normal()]).toEqual(draws);
    expect(rng.fork('a').uniform()).toBe(other.fork('a').uniform());
  });

  test('normal deviates have mean 0, variance 1 and kurtosis 3', () => {
    const rng = random(1);
    const n = 200_000;
    let [m1, m2, m4] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = rng.normal();
      m1 += x / n;
      m2 += (x * x) / n;
      m4 += x ** 4 / n;
    }
    expect(Math.abs(m1)).toBeLessThan(0.01);
    expect(Math.abs(m2 - 1)).toBeLessThan(0.015);
    expect(Math.abs(m4 / (m2 * m2) - 3)).toBeLessThan(0.06);
  });

  test('a restored stream goes on where it stopped', () =>
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (seed, drawn) => {
        const rng = random(seed);
        for (let i = 0; i < drawn; i++) rng.uniform();
        const again = restoreRandom(JSON.parse(JSON.stringify(rng.state())));
        expect([again.uniform(), again.normal(), again.fork('a').uniform()]).toEqual([
          rng.uniform(),
          rng.normal(),
          rng.fork('a').uniform(),
        ]);
      }),
    ));

  test('a fork does not depend on what was drawn, and labels differ', () => {
    const a = random(3);
    a.uniform();
    expect(a.fork('x').uniform()).toBe(random(3).fork('x').uniform());
    expect(a.fork('x').uniform()).not.toBe(a.fork('y').uniform());
  });

  test('shuffled keeps the elements', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const order = shuffled(items, random(5));
    expect(order).not.toEqual(items);
    expect([...order].sort((a, b) => a - b)).toEqual(items);
  });

  test('a fractional seed is refused with its value', () => {
    expect(() => random(0.5)).toThrow('random: seed (=0.5) must be a safe integer');
  });

  test('what is no state of a stream is refused', () => {
    const { seed, words } = random(3).state();
    for (const state of [
      null,
      {},
      { seed, words: [1] },
      { seed, words: [0, 0, 0, 0] },
      { seed, words: words.map(String) },
      { seed: 'a', words },
    ])
      expect(() => restoreRandom(state as RngState)).toThrow(
        'restoreRandom: this is no state of a stream; give what state() gave.',
      );
  });
});
