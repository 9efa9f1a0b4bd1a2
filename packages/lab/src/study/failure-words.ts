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

/** What a failed study leaves. */
export const kept = (error: unknown): string => `${told(error)} What was done until the last epoch is kept.`;
