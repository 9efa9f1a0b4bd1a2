import { isSegscapeError } from '@segscape/core';
import { deviceIsLost } from './lost-device.js';

/** Errors in words; what fails because the graphics card is gone seldom says so itself. */
export function told(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const why =
    deviceIsLost() || /context lost|CONTEXT_LOST|device.*lost/i.test(said)
      ? 'The graphics card took its context back (it was reset, or another program needed it).'
      : /out of memory|Array buffer allocation failed|allocation size overflow/i.test(said)
        ? 'There was not enough memory. Take smaller images, a smaller batch or fewer channels.'
        : said;
  return why;
}

/** Why a study failed, and what to do; `kept` tells whether anything of it is on the shelf. */
export function failure(error: unknown, kept: boolean): string {
  const absent = isSegscapeError(error) && error.code === 'BACKEND_UNAVAILABLE' && !deviceIsLost();
  const remedy = absent ? ' Or choose another under “Compute with” on the page Plan.' : '';
  return `${told(error)}${remedy}${kept ? ' What was done until the last epoch is kept.' : ''}`;
}
