const micro = 'µ|μ|\\\\u00B5';
const known: Readonly<Record<string, number>> = {
  nm: 1e-3,
  mm: 1e3,
  cm: 1e4,
  m: 1e6,
  inch: 25_400,
  in: 25_400,
};

/** Micrometres of a unit, by the names that ImageJ and OME-XML use. */
export function micrometres(unit: string): number | undefined {
  if (new RegExp(`^(microns?|um|(${micro})m)$`, 'i').test(unit)) return 1;
  return Object.hasOwn(known, unit) ? known[unit] : undefined;
}

/** A size that something can have. */
export const isSize = (size: number | undefined): size is number =>
  size !== undefined && size > 0 && Number.isFinite(size);
