import { type Params, random } from '@segscape/core';
import { isNative } from '@segscape/jit';
import { expectTensors } from '@segscape/testing';
import {
  add,
  conv2d,
  dispose,
  div,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  type Scalar,
  sigmoid,
  slice,
  softmax,
  square,
  squeeze,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  byBands,
  byClass,
  byMistake,
  type ForensicsProblem,
  type GroupShare,
  gradientCosines,
  gradientCosinesAlong,
  gradientShares,
  gradientSharesAlong,
  namePlateaus,
} from '../../src/index.js';

interface Images {
  readonly images: Tensor;
  /** int32 `[n, h, w]`. */
  readonly labels: Tensor;
  readonly distance: Tensor;
}

const normals = (seed: number, shape: number[]) => {
  const rng = random(seed);
  return tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal()),
    shape,
  );
};
const batch = (seed: number, samples: number): Images => {
  const rng = random(seed);
  const size = samples * 4 * 5;
  return {
    images: normals(seed + 1, [samples, 4, 5, 2]),
    labels: tensor(
      Array.from({ length: size }, () => rng.integer(0, 3) >> 1),
      [samples, 4, 5],
      'int32',
    ),
    distance: tensor(
      Array.from({ length: size }, () => rng.integer(0, 12)),
      [samples, 4, 5],
    ),
  };
};

const ce = (z: Tensor, { labels }: Images) => {
  const truth = oneHot(labels, 2);
  return neg(mean(sum(mul(truth, logSoftmax(z)), -1))) as Scalar;
};
const dice = (z: Tensor, { labels }: Images) => {
  const p = squeeze(slice(softmax(z), [0, 0, 0, 1], [-1, -1, -1, 1]), [3]);
  return sub(1, div(add(mul(2, sum(mul(p, labels))), 1), add(add(sum(p), sum(labels)), 1))) as Scalar;
};

const problem = (batches: Images[]): ForensicsProblem<Images> => ({
  params: { kernel: normals(3, [3, 3, 2, 2]), bias: tensor([0.1, -0.2]), fixed: tensor([1]) },
  logits: ({ kernel, bias }, { images }) =>
    add(conv2d(images as Tensor4D, kernel as Tensor4D, 1, 'same'), bias!),
  losses: { ce, dice },
  batches,
  isTrainable: (name) => name !== 'fixed',
});
const release = (...all: unknown[]) => dispose(all as Tensor[]);
const total = (list: readonly GroupShare[]) => list.reduce((t, { share }) => t + share, 0);

const groupings = {
  class: byClass(['background', 'disc'], ({ labels }: Images) => labels),
  border: byBands([2, 8], ({ distance }: Images) => distance, 'px'),
  mistake: byMistake(({ labels }: Images) => labels, 0.9),
};

describe.each(['eager', 'auto'] as const)('gradientShares, %s', (executor) => {
  test('of logits: |softmax − truth| by hand, over two batches', async () => {
    const batches = [batch(1, 2), batch(9, 1)];
    const given = { ...problem(batches), jit: { executor } };
    const found = await expectTensors(0, () => gradientShares(given, { groupings }));
    // d CE / dz = (p − y) / pixels of the batch; batches weigh 2 : 1, as their pixels do.
    const sums = { class: [0, 0], border: [0, 0, 0], mistake: [0, 0, 0] };
    let [whole, pixels] = [0, 0];
    const held = { class: [0, 0], border: [0, 0, 0], mistake: [0, 0, 0] };
    for (const data of batches) {
      const p = tidy(() => [...softmax(given.logits(given.params, data)).dataSync()]);
      const [labels, distance] = [data.labels.dataSync(), data.distance.dataSync()];
      labels.forEach((label, i) => {
        const size =
          Math.abs(p[2 * i]! - Number(label === 0)) + Math.abs(p[2 * i + 1]! - Number(label === 1));
        const band = distance[i]! < 2 ? 0 : distance[i]! < 8 ? 1 : 2;
        const guess = Number(p[2 * i + 1]! > p[2 * i]!);
        const mistake = guess === label ? 2 : Math.max(p[2 * i]!, p[2 * i + 1]!) >= 0.9 ? 0 : 1;
        const at = { class: label, border: band, mistake };
        for (const name of ['class', 'border', 'mistake'] as const) {
          sums[name][at[name]]! += size;
          held[name][at[name]]!++;
        }
        whole += size;
        pixels++;
      });
    }
    for (const name of ['class', 'border', 'mistake'] as const) {
      expect(found.ce![name]!.map(({ share }) => share)).toBeAllclose(
        sums[name].map((s) => s / whole),
        { abs: 1e-5 },
      );
      expect(found.ce![name]!.map((s) => s.pixels)).toBeAllclose(held[name].map((n) => n / pixels));
      expect(total(found.dice![name]!)).toBeCloseTo(1, 5);
    }
    expect(found.ce!.border!.map(({ group }) => group)).toEqual(['< 2 px', '2–8 px', '≥ 8 px']);
    release(given.params, batches);
  });

  test('of weights: the groups’ gradients are those of the loss cut to them, and sum to the whole', async () => {
    const batches = [batch(2, 2)];
    const given = { ...problem(batches), jit: { executor } };
    const found = await expectTensors(0, () => gradientShares(given, { groupings, of: 'weights' }));
    for (const name of Object.keys(groupings)) {
      expect(total(found.ce![name]!)).toBeCloseTo(1, 4);
      expect(total(found.dice![name]!)).toBeCloseTo(1, 4);
    }
    // Cross-entropy is a sum over pixels: cut to the discs, it is a loss whose gradient differences give.
    const step = 1e-2;
    const slopes = (loss: (z: Tensor) => Scalar) =>
      ['kernel', 'bias'].flatMap((name) => {
        const w = given.params[name]!;
        return Array.from({ length: w.size }, (_, i) => {
          const at = (delta: number) =>
            tidy(() => {
              const values = Float32Array.from(w.dataSync());
              values[i]! += delta;
              const moved: Params = { ...given.params, [name]: tensor(values, w.shape) };
              return loss(given.logits(moved, batches[0]!)).dataSync()[0]!;
            });
          return (at(step) - at(-step)) / (2 * step);
        });
      });
    const part = slopes((z) => {
      const { labels } = batches[0]!;
      const each = neg(sum(mul(oneHot(labels, 2), logSoftmax(z)), -1));
      return div(sum(mul(each, labels)), labels.size) as Scalar;
    });
    const whole = slopes((z) => ce(z, batches[0]!));
    const dot = (a: number[], b: number[]) => a.reduce((t, v, i) => t + v * b[i]!, 0);
    const disc = found.ce!.class![1]!;
    expect(disc.share).toBeCloseTo(dot(part, whole) / dot(whole, whole), 2);
    expect(disc.strength).toBeCloseTo(Math.sqrt(dot(part, part) / dot(whole, whole)), 2);
    release(given.params, batches);
  });
});

test('pixels of no class and of no band are in no group', async () => {
  const data = batch(4, 1);
  const given = { ...problem([data]), jit: { executor: 'eager' as const } };
  const found = await gradientShares(given, {
    groupings: {
      discs: byClass(['never', 'disc', 'other'], ({ labels }: Images) => labels),
      // Only pixels of the disc have a size; −1 elsewhere.
      size: byBands([5], ({ labels }: Images) => sub(mul(labels, 11), 1)),
    },
  });
  expect(found.ce!.discs![2]).toMatchObject({ pixels: 0, share: 0 });
  const discs = found.ce!.discs![1]!;
  expect(found.ce!.size![1]).toMatchObject({ pixels: discs.pixels, group: '≥ 5' });
  expect(found.ce!.size![1]!.share).toBeCloseTo(discs.share, 5);
  expect(found.ce!.size![0]!.pixels).toBe(0);
  release(given.params, data);
});

test('one channel of logits has its mistakes too', async () => {
  const given: ForensicsProblem<{ x: Tensor; y: Tensor }> = {
    params: { w: tensor([1]) },
    logits: ({ w }, { x }) => mul(x, w!),
    losses: { squared: (z, { y }) => mean(square(sub(sigmoid(squeeze(z, [2])), y))) as Scalar },
    batches: [{ x: tensor([[[-4], [4], [0.1], [-0.1]]]), y: tensor([[1, 1, 0, 0]], [1, 4], 'int32') }],
    jit: { executor: 'eager' },
  };
  const { squared } = await gradientShares(given, { groupings: { mistake: byMistake(({ y }) => y) } });
  expect(squared!.mistake!.map(({ pixels }) => pixels)).toEqual([0.25, 0.25, 0.5]);
  release(given.params, given.batches);
});

test('cosines between losses’ gradients, and their lengths', async () => {
  const target = tensor([[3, 4]]);
  const given: ForensicsProblem<{ t: Tensor }> = {
    params: { w: tensor([[0, 0]]) },
    logits: ({ w }) => mul(w!, 1),
    losses: {
      bowl: (z, { t }) => mul(0.5, sum(square(sub(z, t)))) as Scalar,
      away: (z, { t }) => mul(-0.25, sum(square(sub(z, t)))) as Scalar,
      first: (z) => sum(mul(z, tensor([[2, 0]]))) as Scalar,
    },
    batches: [{ t: target }],
  };
  for (const executor of ['eager', 'auto'] as const) {
    const { losses, cosines, lengths } = await gradientCosines({ ...given, jit: { executor } });
    expect(losses).toEqual(['bowl', 'away', 'first']);
    expect(cosines).toBeAllclose([
      [1, -1, -0.6],
      [-1, 1, 0.6],
      [-0.6, 0.6, 1],
    ]);
    expect(lengths).toMatchObject({ bowl: 5, away: 2.5, first: 2 });
  }
  release(given.params, target);
});

test('along a way: the numbers of each place, and nothing is traced anew', async () => {
  const compiles = await isNative();
  const { params: first, ...given } = { ...problem([batch(8, 2)]), jit: { executor: 'auto' } as const };
  const second: Params = { ...first, kernel: normals(11, [3, 3, 2, 2]), bias: tensor([-0.3, 0.4]) };
  let calls = 0;
  const counted = {
    ...given,
    logits: (...args: Parameters<typeof given.logits>) => {
      calls++;
      return given.logits(...args);
    },
  };
  const all = async <T>(found: AsyncIterable<T>) => {
    const list: T[] = [];
    for await (const one of found) list.push(one);
    return list;
  };
  await expectTensors(0, async () => {
    for (const of of ['logits', 'weights'] as const) {
      calls = 0;
      const [one, two] = await all(gradientSharesAlong(counted, [first, second], { groupings, of }));
      const traced = calls;
      expect(one).toEqual(await gradientShares({ ...counted, params: first }, { groupings, of }));
      // Where nothing is compiled, each place is computed by itself in both.
      expect(calls).toBe((compiles ? 2 : 1.5) * traced);
      expect(two).toEqual(await gradientShares({ ...given, params: second }, { groupings, of }));
      expect(two).not.toEqual(one);
    }
    const cosines = await all(gradientCosinesAlong(given, [first, second]));
    expect(cosines).toEqual([
      await gradientCosines({ ...given, params: first }),
      await gradientCosines({ ...given, params: second }),
    ]);
    // Whoever has seen enough frees what was compiled.
    for await (const _ of gradientSharesAlong(given, [first, second], { groupings })) break;
  });
  release(first, second.kernel, second.bias, given.batches);
});

test('what is wrong is named', async () => {
  const data = batch(4, 1);
  const given = problem([data]);
  await expect(gradientShares({ ...given, losses: {} }, { groupings })).rejects.toThrow(
    'at least one loss, got none',
  );
  await expect(gradientShares(given, { groupings, of: 'pixels' as 'logits' })).rejects.toThrow(
    "of (='pixels') must be 'logits' or 'weights'",
  );
  await expect(gradientCosines({ ...given, isTrainable: () => false })).rejects.toThrow('left out all 3');
  expect(() => byBands([8, 2], () => data.distance)).toThrow('ascending positive limits, got [8,2]');
  release(given.params, data);
});

test('plateaus are named from the group that sends most', () => {
  const at = (epoch: number, value: number, background: number) => ({
    epoch,
    value,
    shares: [
      { group: 'background', pixels: 0.98, share: background, strength: background },
      { group: 'disc', pixels: 0.02, share: 1 - background, strength: 1 - background },
    ],
  });
  const points = [
    at(0, 1, 0.98),
    at(10, 0.99, 0.97),
    at(35, 0.98, 0.96),
    at(36, 0.6, 0.5),
    at(40, 0.3, 0.4),
    at(60, 0.02, 0.2),
    at(80, 0.01, 0.1),
    at(90, 0, 0.3),
  ];
  const plateaus = namePlateaus(points);
  expect(plateaus.map(({ text }) => text)).toEqual([
    '97 % of the gradient from background until epoch 35',
    '80 % of the gradient from disc from epoch 60 on',
  ]);
  expect(plateaus[0]).toMatchObject({ from: 0, to: 35, group: 'background' });
  expect(namePlateaus(points, { dominance: 0.9 })[1]!.text).toBe(
    'no group sends most of the gradient from epoch 60 on',
  );
  expect(namePlateaus([])).toEqual([]);
  expect(() => namePlateaus(points, { flatness: 0 })).toThrow('flatness (=0) must be in (0, 1)');
});
