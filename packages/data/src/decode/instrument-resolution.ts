/** Dots an inch that programs write for a screen or a printer, whatever the picture shows. */
const printed = [
  72, 75, 90, 96, 100, 120, 144, 150, 180, 200, 240, 254, 300, 350, 360, 400, 600, 720, 1200, 2400,
];

/** Files store whole pixels a metre, or two digits of pixels a centimetre: 72 dots an inch are 2835 or 28.35. */
const rounding = 1e-3;

/** Pixels of 1,000 dots an inch and coarser are those of pages; microscopes' are finer. */
const coarsest = 25.4;

const inch = 25_400;

/** Whether pixels of this size, in micrometres, are those of a usual screen or print resolution. */
export const isPrinted = (size: number): boolean =>
  printed.some((dots) => Math.abs((size * dots) / inch - 1) <= rounding);

/**
 * Whether a resolution that a file gives in dots an inch, a centimetre or a metre can be the scale of what it shows. Image
 * programs and cameras write 72, 96 or 300 dots an inch into any picture, which says how large it is printed: taken for a
 * scale, a pixel would be 352.8 µm, and distances and areas wrong by as much. So a resolution counts where its pixels are finer than
 * 25.4 µm and none of the usual ones; a coarser scale must be told by a format that has a place for it (ImageJ's unit, OME-XML,
 * DICOM, NIfTI).
 * @param sides of a pixel in micrometres.
 */
export const isOfInstrument = (sides: readonly number[]): boolean =>
  sides.every((side) => side < coarsest && !isPrinted(side));
