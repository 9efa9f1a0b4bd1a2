import { random, shuffled } from '@segscape/core';

/** Draws a sample, the same for the same seed: at most `count × share` of a list, in random order. */
export function sampler(seed, label) {
  const rng = random(seed).fork(label);
  const pick = (list, count, share) => {
    const most = Math.max(1, Math.round(count * share));
    return share === Number.POSITIVE_INFINITY || list.length <= most
      ? [...list]
      : shuffled(list, rng.fork(String(list.length))).slice(0, most);
  };
  pick.rng = rng;
  return pick;
}
