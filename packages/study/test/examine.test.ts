import { type Raster, random } from '@segscape/core';
import { type Dataset, memoryDataset } from '@segscape/data';
import { examineMasks, parseStudyConfig } from '@segscape/study';
import { describe, expect, test } from 'vitest';
import { shapeOf } from '../src/examine/class-shape.js';
import type { SeenMasks } from '../src/examine/examination.js';
import { framingProposalOf } from '../src/examine/framing-proposal.js';

const side = 64;

/** Masks drawn by a rule, with pictures that all differ. */
function drawn(count: number, inside: (y: number, x: number, i: number) => boolean, alike = false): Dataset {
  return memoryDataset(
    Array.from({ length: count }, (_, i) => {
      const plane = (value: (y: number, x: number) => number): Raster => ({
        data: Uint8Array.from({ length: side * side }, (_, p) => value(Math.floor(p / side), p % side)),
        height: side,
        width: side,
        channels: 1,
      });
      return {
        id: `s${i}`,
        image: plane((y, x) => (alike ? y : (y * 3 + x * 5 + i * 7) % 251)),
        mask: plane((y, x) => Number(inside(y, x, i))),
      };
    }),
    ['background', 'thing'],
  );
}

const disc = (cy: number, cx: number, r: number) => (y: number, x: number) =>
  (y - cy) ** 2 + (x - cx) ** 2 <= r * r;
const kinds = (seen: Awaited<ReturnType<typeof examineMasks>>) => seen.findings.map(({ kind }) => kind);

describe('examineMasks', () => {
  test('one fair disc in many images: nothing to say, and the common losses', async () => {
    const seen = await examineMasks(drawn(30, disc(32, 30, 14)));
    expect(kinds(seen)).toEqual([]);
    const [thing] = seen.classes;
    expect(thing).toMatchObject({ name: 'thing', without: [], objects: 1, touching: 1 });
    expect(thing!.share).toBeCloseTo((Math.PI * 14 ** 2) / side ** 2, 2);
    expect(thing!.diameters[1]).toBeCloseTo(28, 0);
    expect(thing!.width).toBeGreaterThan(26);
    expect(thing!.elongation).toBeCloseTo(0.75, 1);
    expect(seen.proposals.map(({ label }) => label)).toEqual(['Dice + CE', 'CE']);
  });

  test('small images stay as they are; large ones are scaled, or cropped where that would lose the thinnest', () => {
    const facts = { share: 0.1, without: [], objects: 1, elongation: 1, touching: 1, ragged: 0 };
    const seen = (sides: readonly number[], ...widths: number[]): SeenMasks => ({
      images: 30,
      of: 30,
      groups: 30,
      sizes: { smallest: sides.map((side) => side / 2), largest: sides },
      classes: widths.map((width, c) => ({
        ...facts,
        name: `c${c}`,
        width,
        diameters: [width, width, width],
      })),
      ignored: 0,
      duplicates: [],
    });
    expect(framingProposalOf(seen([256, 256], 2))).toEqual({ data: {} });
    expect(framingProposalOf(seen([999, 960], 90)).data).toEqual({ maxPixels: 65536 });
    // CHASE_DB1's vessels: 4.5 pixels wide.
    const vessels = framingProposalOf(seen([960, 999], 90, 4.5));
    expect(vessels.data).toEqual({ crop: [256, 256], foreground: 0.33 });
    expect(vessels.reason).toBe(
      'Scaled down to 65536 pixels, c1 would be 1.2 pixels wide: crops keep it, a third of them centred on the foreground.',
    );
    expect(framingProposalOf(seen([200, 700], 4)).data.crop).toEqual([200, 256]);
    expect(framingProposalOf(seen([700, 700], Number.NaN)).data).toEqual({ maxPixels: 65536 });
    expect(framingProposalOf(seen([40, 512, 60], 50)).data.crop).toEqual([16, 96, 60]);
    expect(framingProposalOf(seen([12, 90, 90], 50))).toEqual({ data: {} });
  });

  test('an object of a volume is one, however many slices it goes through', async () => {
    const [depth, height, width] = [24, 32, 40];
    const ball = (z: number, y: number, x: number) =>
      Number((z - 11) ** 2 + (y - 15) ** 2 + (x - 20) ** 2 <= 8 ** 2);
    const volume = (value: (z: number, y: number, x: number) => number): Raster => ({
      data: Uint8Array.from({ length: depth * height * width }, (_, i) =>
        value(Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width),
      ),
      depth,
      height,
      width,
      channels: 1,
    });
    const samples = [0, 1].map((n) => ({
      id: `v${n}`,
      image: volume((z, y, x) => (z + y * 3 + x * 5 + n) % 251),
      mask: volume(ball),
    }));
    const seen = await examineMasks(memoryDataset(samples, ['background', 'thing']));
    const [thing] = seen.classes;
    expect(thing).toMatchObject({ objects: 1, touching: 1 });
    // A ball of radius 8: 16 across, and π/6 of the cube around it.
    expect(thing!.diameters[1]).toBeCloseTo(16, 0);
    expect(thing!.width).toBeGreaterThan(15);
    expect(thing!.elongation).toBeCloseTo(Math.PI / 6, 1);
    expect(kinds(seen)).toEqual(['few']);
    expect(seen.measures.map(({ label }) => label)).toEqual(['Surface Dice', 'HD95']);
  });

  test('objects at the edges of neighbouring slices do not join', () => {
    // The last row of one slice and the first of the next but one.
    const data = new Uint8Array(3 * 4 * 4);
    data.set([1, 1], 12);
    data.set([1, 1], 32);
    expect(shapeOf({ data, depth: 3, height: 4, width: 4, channels: 1 }, 48).areas).toEqual([2, 2]);
    expect(
      shapeOf({ data: new Uint8Array(48), depth: 3, height: 4, width: 4, channels: 1 }, 48).areas,
    ).toEqual([]);
  });

  test('of a mask in a large image all is as in a small one, at its border too', () => {
    const rng = random(3);
    for (let n = 0; n < 40; n++) {
      const [height, width] = [rng.integer(1, 30), rng.integer(1, 30)];
      const discs = Array.from({ length: rng.integer(0, 4) }, () =>
        disc(rng.integer(0, height), rng.integer(0, width), rng.integer(0, 9)),
      );
      const inside = (y: number, x: number) => Number(discs.some((one) => one(y, x)));
      const drawnIn = (far: number): Raster => ({
        height: height + far,
        width: width + far,
        channels: 1,
        data: Uint8Array.from({ length: (height + far) * (width + far) }, (_, i) => {
          const [y, x] = [Math.floor(i / (width + far)), i % (width + far)];
          return y < height + 9 && x < width + 9 ? inside(y, x) : 0;
        }),
      });
      // Beyond all discs there is background alone.
      const [near, wide] = [20, 60].map((far) => shapeOf(drawnIn(far), 1000));
      expect(wide).toEqual(near);
    }
    const full = { height: 5, width: 8, channels: 1, data: new Uint8Array(40).fill(1) };
    expect(shapeOf(full, 40)).toMatchObject({ share: 1, areas: [40], widths: [8], split: 1, ragged: 0 });
    const none = { height: 5, width: 8, channels: 1, data: new Uint8Array(40) };
    expect(shapeOf(none, 40)).toEqual({ share: 0, areas: [], widths: [], split: 0, ragged: 0 });
  });

  test('a rare class asks for weights', async () => {
    const seen = await examineMasks(drawn(30, disc(32, 30, 6)));
    expect(kinds(seen)).toEqual(['rare']);
    expect(seen.proposals[2]).toMatchObject({ loss: { kind: 'focal' } });
    const ramped = seen.proposals.at(-1)!;
    expect(ramped.loss).toMatchObject({
      terms: [{}, { loss: { kind: 'boundary' }, weight: { from: 0.01 } }],
    });
    expect(ramped.reason).toContain('Alone, the boundary loss collapses to a mask without any thing');
    expect(seen.findings[0]!.text).toMatch(/^thing is 2\.\d % of the pixels: /);
  });

  test('empty images are named, and Dice is taken over the batch', async () => {
    const seen = await examineMasks(drawn(30, (y, x, i) => i % 3 > 0 && disc(32, 30, 14)(y, x)));
    expect(kinds(seen)).toEqual(['empty']);
    expect(seen.findings[0]).toMatchObject({ level: 'warning' });
    expect(seen.findings[0]!.text).toContain('10 of 30 images have no thing (s0, s3, s6 and 7 more).');
    expect(seen.proposals[0]!.loss).toMatchObject({ terms: [{ loss: { kind: 'dice', batch: true } }, {}] });
  });

  test('vessels are thin, and their skeleton counts', async () => {
    const seen = await examineMasks(drawn(30, (y, x) => y % 16 < 2 || x % 32 < 2));
    expect(kinds(seen)).toContain('thin');
    expect(seen.proposals.map(({ label }) => label)).toContain('Dice + clDice');
  });

  test('many objects that touch ask for their gaps', async () => {
    const seen = await examineMasks(
      drawn(30, (y, x) => [8, 24, 40, 56].some((cy) => [8, 22, 40, 54].some((cx) => disc(cy, cx, 7)(y, x)))),
    );
    expect(kinds(seen)).toEqual(['touching']);
    expect(seen.proposals.at(-1)).toMatchObject({ loss: { kind: 'pixelWeighted' } });
  });

  test('objects of very different size, specks, and a class that is nowhere', async () => {
    const unequal = await examineMasks(
      drawn(30, (y, x) => disc(30, 40, 20)(y, x) || [4, 58].some((c) => disc(c, 6, 2)(y, x))),
    );
    expect(kinds(unequal)).toContain('unequal');
    expect(unequal.proposals.map(({ label }) => label)).toContain('Dice + blob');
    expect(kinds(await examineMasks(drawn(30, (y, x) => (y * 7 + x * 13) % 5 === 0)))).toContain('ragged');
    expect(kinds(await examineMasks(drawn(30, () => false)))).toEqual(['absent', 'empty'].slice(0, 1));
  });

  test('few images and equal pictures are warned of', async () => {
    const seen = await examineMasks(drawn(4, disc(32, 30, 14), true));
    expect(kinds(seen)).toEqual(['few', 'duplicates']);
    expect(seen.duplicates).toEqual([['s0', 's1', 's2', 's3']]);
    expect(kinds(await examineMasks(drawn(30, () => true)))).toEqual([]);
  });

  test('looks at part of a large set, tells how far it is, and stops when asked', async () => {
    const told: number[] = [];
    const { images, of } = await examineMasks(drawn(40, disc(32, 30, 14)), {
      most: 5,
      onProgress: (completed) => told.push(completed),
    });
    expect([images, of, told]).toEqual([5, 40, [1, 2, 3, 4, 5]]);
    const signal = AbortSignal.abort();
    await expect(examineMasks(drawn(3, disc(32, 30, 14)), { signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  test('measures follow from what the objects are', async () => {
    const proposed = async (inside: Parameters<typeof drawn>[1]) =>
      (await examineMasks(drawn(30, inside))).measures.map(({ measure }) => measure.measure ?? measure.kind);
    const always = ['surfaceDice', 'hausdorff'];
    expect(await proposed(disc(32, 30, 14))).toEqual(always);
    expect(await proposed((y, x) => y % 16 < 2 || x % 32 < 2)).toEqual([...always, 'clDice']);
    const grid = (y: number, x: number) =>
      [8, 24, 40].some((cy) => [8, 24, 40].some((cx) => disc(cy, cx, 6)(y, x)));
    expect(await proposed(grid)).toEqual([...always, 'panopticQuality', 'objects']);
    expect(await proposed((_, x) => x >= 4 && x < 60)).toContain('boundaryIou');
    expect(await proposed((y, x, i) => i % 3 > 0 && disc(32, 30, 14)(y, x))).toEqual([
      ...always,
      'falsePositiveRate',
    ]);
    expect(await proposed(disc(32, 30, 6))).toEqual([...always, 'calibrationError']);
    const small = await examineMasks(drawn(30, disc(32, 30, 3)));
    expect(small.measures[0]!.reason).toContain('so small that a border off by one');
  });

  test('every proposal is a loss or a measure that a config takes', async () => {
    for (const inside of [disc(32, 30, 3), disc(32, 30, 1), (y: number) => y % 16 < 2]) {
      const { proposals, measures } = await examineMasks(drawn(8, inside));
      expect(parseStudyConfig({ measures: measures.map(({ measure }) => measure) }).measures).toHaveLength(
        measures.length,
      );
      expect(
        parseStudyConfig({ losses: proposals.map(({ loss, label }) => ({ ...loss, label })) }).losses,
      ).toHaveLength(proposals.length);
    }
  });
});
