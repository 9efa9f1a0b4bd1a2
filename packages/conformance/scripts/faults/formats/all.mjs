import { networks } from './networks.mjs';
import { pictures } from './pictures.mjs';
import { points } from './points.mjs';
import { texts } from './texts.mjs';
import { volumes } from './volumes.mjs';

/**
 * What reads a format: `seeds`, sound files of it; `read(bytes, seed)`, which throws a plain error where what it comes to is
 * not right; and `codes`, the typed errors that are an answer.
 */
export const formats = { ...pictures, ...volumes, ...networks, ...texts, ...points };
