import { ofBytes } from './bytes.mjs';
import { ofFigures } from './figures.mjs';
import { ofHeaders } from './headers.mjs';

/** By name: `share`, its part of the cases, and `make()`, which gives the `arbitrary` and `check(value)`: a fault in words, or none. */
export const properties = { ...ofBytes, ...ofHeaders, ...ofFigures };
