import type { LossFn } from './loss.js';
import type { LossProfile, LossProfileOptions } from './profile/curves.js';

/**
 * Loss and gradient of one pixel with two classes, against p_t and against the logit, as the original study
 * plotted them. Losses over regions see an image of that one pixel.
 *
 *     const { probability } = await lossProfile(focal({ gamma: 2 }), { points: 50 });
 *
 * @param loss a loss that has a value for each pixel.
 * @param options at how many points, over what range of logits.
 * @returns value and gradient against the logit and against p_t, arrays of one length.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export async function lossProfile(loss: LossFn, options: LossProfileOptions = {}): Promise<LossProfile> {
  const { profileCurves } = await import('./profile/curves.js');
  return profileCurves(loss, options);
}
