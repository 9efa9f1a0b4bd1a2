import { focal, lossProfile } from '@segscape/losses';
import { type HostCase, many } from '../case.js';

/** Loss and gradient against p_t and against the logit. */
export const profileCase: HostCase = {
  name: 'losses/lossProfile of focal',
  inputs: () => ({}),
  async measure() {
    const { probability, logit } = await lossProfile(focal(), { points: 9 });
    return {
      'by p_t': many(probability.loss),
      'slope by p_t': many(probability.gradient),
      'by the logit': many(logit.loss),
      'slope by the logit': many(logit.gradient),
    };
  },
};
