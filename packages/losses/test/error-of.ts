import type { SegscapeError } from '@segscape/core';

/** What an action throws. */
export function errorOf(action: () => unknown): SegscapeError {
  try {
    action();
  } catch (error) {
    return error as SegscapeError;
  }
  throw new Error('nothing was thrown');
}
