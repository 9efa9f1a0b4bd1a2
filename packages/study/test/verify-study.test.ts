import { createRun, memoryStorage, openRun } from '@segscape/runs';
import { parseStudyConfig, type StudyInput, verifyStudy } from '@segscape/study';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leavingEpoch } from '../src/original-study/plateau.js';

describe('leavingEpoch', () => {
  test('is the first epoch whose mean with the two before reaches half of the final one', () => {
    // Means of three: 0, .2, .4, .6, .6, .6; half of the final one is .3, reached by epochs 3 to 5.
    expect(leavingEpoch([0, 0, 0, 0.6, 0.6, 0.6, 0.6, 0.6])).toBe(5);
    expect(leavingEpoch([0.5, 0.5, 0.5])).toBe(3);
    expect(leavingEpoch([0, 0, 0, 0])).toBeUndefined();
    expect(leavingEpoch([0.5, 0.5])).toBeUndefined();
    expect(leavingEpoch([0.1, Number.NaN, 0.1, 0.1, Number.NaN])).toBeUndefined();
  });

  test('does not depend on the scale, and comes as much later as the curve does', () => {
    const rise = (start: number, height: number) =>
      Array.from({ length: 60 }, (_, i) => (i < start ? 0 : height));
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 40 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (start, h) => {
          expect(leavingEpoch(rise(start, h))).toBe(start + 2);
        },
      ),
    );
  });
});

interface Loss {
  readonly label: string;
  /** Of the leaving epoch; by seed. */
  readonly leaves: readonly number[];
  /** Mean confidence of [background, disc]. */
  readonly confidence: readonly [number, number];
  readonly config: NonNullable<StudyInput['losses']>[number];
}

const losses: Loss[] = [
  { label: '1:1', leaves: [12, 13, 12], confidence: [0.99, 0.9], config: { kind: 'crossEntropy' } },
  {
    label: '1:3',
    leaves: [6, 7, 5],
    confidence: [0.98, 0.95],
    config: { kind: 'crossEntropy', classWeights: [1, 3] },
  },
  { label: 'γ 1', leaves: [14, 13, 15], confidence: [0.97, 0.85], config: { kind: 'focal', gamma: 1 } },
  { label: 'γ 3', leaves: [20, 21, 22], confidence: [0.9, 0.75], config: { kind: 'focal', gamma: 3 } },
  // Not one of the original study's.
  { label: 'Dice', leaves: [3, 3, 3], confidence: [0.5, 0.5], config: { kind: 'dice' } },
];

/** A finished run as its files say it, of losses that leave and end as told. */
async function runOf(all: readonly Loss[], seeds = [1, 2, 3]) {
  const storage = memoryStorage();
  const config = parseStudyConfig({
    losses: all.map(({ config, label }) => ({ ...(config as object), label })),
    training: { epochs: 30, seeds },
  } as StudyInput);
  const run = await createRun(storage, config);
  for (const { label, leaves } of all)
    for (const [s, seed] of seeds.entries())
      for (let epoch = 0; epoch <= 30; epoch++)
        await run.recordEpoch({
          loss: label,
          seed,
          epoch,
          // The mean of three reaches half one epoch after two of them are high.
          measures: { test: { 'iou.disc': epoch < leaves[s]! - 1 ? 0 : 0.8 } },
        });
  const images = (seed: number, [background, disc]: Loss['confidence']) =>
    Array.from({ length: 8 }, (_, i) => ({
      id: `image-${i}`,
      'confidence.background': background + 0.003 * Math.sin(7 * i + seed),
      'confidence.disc': disc + 0.01 * Math.sin(5 * i + 3 * seed),
    }));
  const scores = all.flatMap(({ label, confidence }) =>
    seeds.map((seed) => ({ loss: label, seed, epoch: 30, trained: 30, images: images(seed, confidence) })),
  );
  await (await openRun(storage)).storage.write(
    'report.json',
    JSON.stringify({ classes: ['background', 'disc'], foreground: 'disc', scores }),
  );
  return storage;
}

const verdicts = async (storage: ReturnType<typeof memoryStorage>) =>
  (await verifyStudy(storage)).map(({ verdict }) => verdict);

describe('verifyStudy', () => {
  test('bears out what a run shows, loss by loss, in the original order', async () => {
    const [order, gamma, weights] = await verifyStudy(await runOf(losses));
    expect([order, gamma, weights].map((finding) => finding!.verdict)).toEqual([
      'borne out',
      'borne out',
      'borne out',
    ]);
    expect(order!.evidence.map(({ first, second }) => [first, second])).toEqual([
      ['1:3', '1:1'],
      ['1:1', 'γ 1'],
      ['γ 1', 'γ 3'],
    ]);
    expect(order!.evidence[0]!.text).toBe('epochs 6 and 12; 7 and 13; 5 and 12 (seeds 1, 2, 3)');
    expect(gamma!.evidence).toHaveLength(4);
    expect(gamma!.evidence[0]!.text).toMatch(/^confidence\.background: difference \+0\.020 \[\+0\.0/);
    expect(weights!.evidence.map(({ first, second }) => [first, second])).toEqual([['1:3', '1:1']]);
    expect(weights!.note).toBe('3 seeds.');
  });

  test('contradicts and leaves open: seeds that disagree, differences within their scatter', async () => {
    const changed = (label: string, change: Partial<Loss>) =>
      losses.map((loss) => (loss.label === label ? { ...loss, ...change } : loss));
    expect(await verdicts(await runOf(changed('γ 3', { leaves: [2, 3, 2] })))).toEqual([
      'not',
      'borne out',
      'borne out',
    ]);
    expect(await verdicts(await runOf(changed('γ 3', { leaves: [20, 3, 25] })))).toEqual([
      'undecided',
      'borne out',
      'borne out',
    ]);
    expect((await verdicts(await runOf(changed('γ 3', { leaves: [20, 99, 25] }))))[0]).toBe('undecided');
    expect((await verdicts(await runOf(changed('1:3', { confidence: [0.98, 0.9] }))))[2]).toBe('undecided');
    expect((await verdicts(await runOf(changed('1:3', { confidence: [0.98, 0.8] }))))[2]).toBe('not');
    expect((await verdicts(await runOf(changed('γ 1', { confidence: [0.999, 0.85] }))))[1]).toBe('not');
  });

  test('says how far one seed reaches, and what a run lacks', async () => {
    const [order] = await verifyStudy(await runOf(losses, [1]));
    expect(order!.note).toContain('One seed: this holds for these networks');
    const none = await verifyStudy(await runOf(losses.filter(({ label }) => label === 'Dice')));
    expect(none.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided', 'undecided']);
    expect(none[1]!.note).toBe('The run has fewer than two of cross-entropy 1:1 and focal losses.');
    const storage = memoryStorage();
    await createRun(storage, parseStudyConfig({}));
    await expect(verifyStudy(storage)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message:
        'verifyStudy: the run has not been finished. Go on with it (segscape run --resume), then verify it.',
    });
  });
});
