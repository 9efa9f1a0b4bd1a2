import {
  affine,
  brightness,
  centerCrop,
  compose,
  contrast,
  describeDraw,
  elastic,
  elasticGrid,
  flip,
  gamma,
  gaussianBlur,
  gaussianNoise,
  normalize,
  oneOf,
  pad,
  randomCrop,
  replayDraw,
  resize,
  rotate,
  rotate90,
  sometimes,
  spatial,
  type Transform,
  uniformNoise,
} from '@segscape/augment';
import { random, type Sample } from '@segscape/core';
import { describe, expect, test } from 'vitest';
import { picture } from './bit-cases.js';

const rng = random(5);
const sample: Sample = {
  id: 'a',
  image: picture(rng, 'uint8', 40, 40, 3),
  mask: picture(rng, 'uint8', 40, 40, 1),
};

const transforms: Readonly<Record<string, Transform>> = {
  flip: flip(),
  rotate90: rotate90(),
  elastic: elastic(),
  elasticGrid: elasticGrid(),
  rotate: rotate({ degrees: 30 }),
  affine: affine({ degrees: 20, factor: [0.8, 1.2], shift: 3, shear: 5 }),
  randomCrop: randomCrop({ size: [20, 24] }),
  centerCrop: centerCrop({ size: [20, 24] }),
  pad: pad({ amount: 3 }),
  resize: resize({ size: [30, 50] }),
  brightness: brightness({ delta: 20 }),
  contrast: contrast({ factor: [0.5, 2] }),
  gamma: gamma({ exponent: [0.5, 2] }),
  gaussianNoise: gaussianNoise({ sigma: [0, 20] }),
  uniformNoise: uniformNoise({ bound: [0, 20] }),
  gaussianBlur: gaussianBlur({ sigma: [0.5, 2] }),
  normalize: normalize(),
  compose: compose(
    randomCrop({ size: [30, 30] }),
    flip(),
    sometimes(0.5, brightness({ delta: 5 })),
    oneOf(elastic({ alpha: [10, 40] }), contrast({ factor: 2 })),
    gaussianNoise({ sigma: 3 }),
  ),
  spatial: spatial(randomCrop({ size: [30, 30] }), flip(), sometimes(0.5, rotate90()), elastic()),
};

describe('describeDraw', () => {
  test.each(Object.entries(transforms))('%s: replayed from JSON, bit for bit', (_, transform) => {
    for (let seed = 0; seed < 6; seed++) {
      const stream = random(seed).fork('epoch 3').fork('sample a');
      const before = stream.state();
      const draw = describeDraw(transform, sample, stream);
      expect(stream.state()).toEqual(before);
      const replayed = replayDraw(transform, sample, JSON.parse(JSON.stringify(draw)));
      expect(replayed).toEqual(transform(sample, stream));
    }
  });

  test('says in numbers what is done', () => {
    const stream = random(1);
    const [flipped] = describeDraw(flip(), sample, stream).drawn;
    const same = random(1);
    expect(flipped).toEqual({
      kind: 'flip',
      vertical: same.uniform() < 0.5,
      horizontal: same.uniform() < 0.5,
    });
    const [bright] = describeDraw(brightness({ delta: 20 }), sample, stream).drawn;
    const moved = brightness({ delta: 20 })(
      { ...sample, image: { ...sample.image, data: new Float32Array(4800) } },
      random(1),
    );
    expect(moved.image.data[7]).toBeCloseTo(bright!.delta as number, 5);
    expect(describeDraw(elastic({ alpha: 34, sigma: [6, 12] }), sample, stream).drawn[0]).toMatchObject({
      kind: 'elastic',
      alpha: 34,
      sigma: 6 + 6 * random(1).uniform(),
    });
    expect(describeDraw(randomCrop({ size: [20, 24] }), sample, stream)).toMatchObject({
      id: 'a',
      size: [40, 40],
      drawn: [{ kind: 'randomCrop', start: [random(1).integer(0, 21), expect.any(Number)] }],
    });
  });

  test('what is not applied is not listed; the size that comes out goes on to the next', () => {
    const never = compose(
      sometimes(0, flip()),
      pad({ amount: 2 }),
      brightness({ delta: 1 }),
      centerCrop({ size: [44, 44] }),
    );
    expect(describeDraw(never, sample, random(1)).drawn).toMatchObject([
      { kind: 'pad', margins: [2, 2, 2, 2] },
      { kind: 'brightness' },
      { kind: 'centerCrop', start: [0, 0] },
    ]);
  });

  test('a function of one’s own is named', () => {
    const darken: Transform = (given) => given;
    expect(describeDraw(compose(darken, flip()), sample, random(1)).drawn[0]).toEqual({ kind: 'darken' });
  });
});

describe('replayDraw', () => {
  const draw = describeDraw(brightness({ delta: 20 }), sample, random(1));

  test('refuses another transform and another size', () => {
    expect(() => replayDraw(brightness({ delta: 10 }), sample, draw)).toThrow(
      /^replayDraw: the transform draws \{"kind":"brightness","delta":[^}]+\} in place 0, but \{"kind":"brightness","delta":[^}]+\} was drawn\. Give the same transforms with the same options\.$/,
    );
    const small = { ...sample, image: picture(rng, 'uint8', 8, 9, 1), mask: picture(rng, 'uint8', 8, 9, 1) };
    expect(() => replayDraw(brightness({ delta: 20 }), small, draw)).toThrow(
      "replayDraw: it was drawn for an image of [40, 40], 'a' is of [8, 9]. Give the sample as it was read.",
    );
  });
});
