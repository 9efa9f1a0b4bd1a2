import type { FramingProposal, SeenMasks } from './examination.js';

/** Pixels of an image that a small network passes in a fraction of a second without a graphics card. */
const easyPixels = 65_536;
/** Sides of a crop, and of a crop of a volume with the depth first. */
const cropSide = 256;
const volumeCrop = [16, 96, 96] as const;
/** What is thinner after scaling is lost, or drawn by chance. */
const leastPixels = 3;
/** Networks halve sides: what is a multiple of it needs no margin. */
const step = 16;

const whole = (side: number, most: number) =>
  side <= most ? side : Math.max(step, Math.floor(most / step) * step);

/**
 * How images come to a network in reasonable time: as they are, scaled down, or, where scaling would lose the thinnest objects, and
 * of volumes always, in crops of which a third is centred on the foreground.
 * @see Isensee et al., nnU-Net, 2021 (crops, and a third of them on the foreground). https://doi.org/10.1038/s41592-020-01008-z
 */
export function framingProposalOf({ classes, sizes }: SeenMasks): FramingProposal {
  const { largest } = sizes;
  const pixels = largest.reduce((product, side) => product * side, 1);
  const volumes = largest.length === 3;
  // Smaller images are padded to it.
  const crop = largest.map((side, axis) => whole(side, volumes ? volumeCrop[axis]! : cropSide));
  const crops = { crop, foreground: 0.33 };
  if (pixels <= easyPixels || crop.every((side, axis) => side === largest[axis])) return { data: {} };
  if (volumes)
    return {
      data: crops,
      reason: `Volumes of up to ${largest.join(' × ')} pixels are trained on in crops, a third of them centred on the foreground.`,
    };
  const factor = Math.sqrt(easyPixels / pixels);
  const details = classes.map(({ name, width, diameters }) => ({
    name,
    width: Math.min(width, diameters[0]),
  }));
  const thinnest = details.filter(({ width }) => Number.isFinite(width)).sort((a, b) => a.width - b.width)[0];
  if (thinnest === undefined || thinnest.width * factor >= leastPixels)
    return { data: { maxPixels: easyPixels }, reason: 'Images with more pixels are scaled down first.' };
  const scaled = Number((thinnest.width * factor).toPrecision(2));
  return {
    data: crops,
    reason: `Scaled down to ${easyPixels} pixels, ${thinnest.name} would be ${scaled} pixels wide: crops keep it, a third of them centred on the foreground.`,
  };
}
