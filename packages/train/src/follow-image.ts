import type { FollowEvent, FollowOptions } from './following.js';

/**
 * Trains on a single image and shows where it goes: the original study's experiment on what each loss attends to.
 * A `state` event comes before the first iteration and after every `every`, a `progress` event behind it.
 *
 * @param options the step, where it begins, and the image; all of it is borrowed.
 * @returns events, `done` at last: with `stopped: true` and the state to resume from wherever the signal has fired.
 * @throws {SegscapeError} `BAD_OPTION` for `iterations` or `every` that are no such numbers.
 */
export async function* followImage(options: FollowOptions): AsyncGenerator<FollowEvent> {
  const { following } = await import('./following.js');
  yield* following(options);
}
