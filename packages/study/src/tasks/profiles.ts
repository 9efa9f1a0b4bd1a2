import { isSegscapeError, turns } from '@segscape/core';
import { lossProfile } from '@segscape/losses';
import type { ProfileFact } from '@segscape/report';
import type { NamedLoss } from '../named-losses.js';

/** Points of a curve. */
const points = 61;

/** Each loss against the probability of the true class of a single pixel; one that has no such curve is left out. */
export async function profilesOf(losses: readonly NamedLoss[]): Promise<ProfileFact[]> {
  const found: ProfileFact[] = [];
  const turn = turns();
  for (const { label, loss } of losses) {
    await turn();
    try {
      const { probability } = await lossProfile(loss, { points });
      const { x, loss: values, gradient } = probability;
      found.push({ loss: label, p: Array.from(x), values: Array.from(values), slopes: Array.from(gradient) });
    } catch (error) {
      // A loss that needs an image, or classes of its own.
      if (!isSegscapeError(error)) throw error;
    }
  }
  return found;
}
