import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Setup } from '../setup.js';

/** The probability of the second class above which a pixel is of it, as the validation images would have it. */
export interface ThresholdFact {
  readonly value: number;
  /** Mean Dice of the patients at it, and at 0.5. */
  readonly dice: number;
  readonly diceAtHalf: number;
}

/** Thresholds are hundredths, from 0.01 to 0.99. */
const steps = 100;

/** Pixels of one patient by how many of the thresholds their probability is above. */
interface Counted {
  readonly object: Float64Array;
  readonly ground: Float64Array;
}

/**
 * Dice at each hundredth `k`: `2·TP / (2·TP + FP + FN)` of all pixels of a patient that are above `k / 100`; 1 where
 * neither truth nor prediction has any.
 */
function diceOf({ object, ground }: Counted): Float64Array {
  const all = object.reduce((sum, count) => sum + count, 0);
  const dice = new Float64Array(steps);
  let [tp, fp] = [0, 0];
  for (let k = steps - 1; k >= 0; k--) {
    tp += object[k]!;
    fp += ground[k]!;
    dice[k] = tp + fp + all === 0 ? 1 : (2 * tp) / (tp + fp + all);
  }
  return dice;
}

const nothing = (): Counted => ({ object: new Float64Array(steps), ground: new Float64Array(steps) });

function count({ object, ground }: Counted, label: number, probability: number): void {
  const above = Math.min(steps - 1, Math.max(0, Math.ceil(probability * steps) - 1)) || 0;
  if (label === 1) object[above]!++;
  else if (label === 0) ground[above]!++;
}

/** The threshold with the best mean Dice over the patients; of equally good ones that nearest to 0.5. */
function chosen(patients: readonly Counted[]): ThresholdFact {
  const each = patients.map(diceOf);
  const mean = (k: number) => each.reduce((sum, dice) => sum + dice[k]!, 0) / each.length;
  const half = steps / 2;
  let best = half;
  for (let away = 1; away < half; away++)
    for (const k of [half - away, half + away]) if (mean(k) > mean(best)) best = k;
  return { value: best / steps, dice: mean(best), diceAtHalf: mean(half) };
}

/**
 * Chooses the threshold of a network that tells two classes apart, on the validation images alone; undefined without
 * such images, for more classes, and for classes that overlap, which are decided at one half each.
 * @param forward from images to probabilities `[batch, height, width, 2]`, which are disposed here.
 */
export async function validatedThreshold(
  {
    validation,
    classes,
    overlapping,
    ignoreIndex,
    groups,
    evaluationBatches,
  }: Pick<Setup, 'validation' | 'classes' | 'overlapping' | 'ignoreIndex' | 'groups' | 'evaluationBatches'>,
  forward: (images: Tensor) => Promise<{ readonly logits: Tensor; readonly probabilities: Tensor }>,
): Promise<ThresholdFact | undefined> {
  if (overlapping || classes.length !== 2 || validation.length === 0) return undefined;
  const patients = new Map<string, Counted>();
  for await (const { images, labels, prepared, ids } of evaluationBatches(validation)) {
    const result = await forward(images);
    try {
      const [truth, given] = [await labels.data(), await result.probabilities.data()];
      const pixels = truth.length / ids.length;
      for (const [n, id] of ids.entries()) {
        const patient = groups.get(id) ?? `image ${id}`;
        const counted = patients.get(patient) ?? nothing();
        patients.set(patient, counted);
        for (let i = n * pixels; i < (n + 1) * pixels; i++)
          if (truth[i] !== ignoreIndex) count(counted, truth[i]!, given[2 * i + 1]!);
      }
    } finally {
      dispose([result.logits, result.probabilities, images, labels, ...Object.values(prepared ?? {})]);
    }
  }
  return chosen([...patients.values()]);
}
