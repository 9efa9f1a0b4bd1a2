import type { EstimateFact } from '@segscape/study';
import { shortNumber } from './axis.js';

const bytes = (count: number) =>
  count > 1e6 ? `${(count / 1e6).toFixed(1)} MB` : `${Math.ceil(count / 1e3)} kB`;

/** `About 2.1 minutes and 4.2 MB: 4 trainings of 60 steps, 180 ms each.` */
export const estimateText = ({ minutes, bytes: size, trainings, steps, stepMs }: EstimateFact): string =>
  `About ${minutes < 1 ? `${Math.ceil(60 * minutes)} seconds` : `${shortNumber(minutes)} minutes`} and ${bytes(size)}: ${trainings} training${trainings === 1 ? '' : 's'} of ${steps} steps, ${shortNumber(stepMs)} ms each.`;
