import { joinedChannels } from './channels.js';
import { type Decoded, type Finish, finished, type Picture } from './decode/decoded.js';
import type { Limits } from './decode/faults.js';
import { decodeTiff, type TiffChoice, type TiffPicture } from './decode/tiff.js';
import { stackedSlices } from './stacked-slices.js';

/** Slices as one; ids beyond 32 bits are numbered anew over all of them. */
function volumeFrom(slices: readonly Decoded[], finish: Finish): Picture {
  const [first] = slices as [Decoded];
  const depth = slices.length;
  if (slices.every(({ wide }) => wide === undefined)) {
    const pictures = slices.map((slice) => finished(slice, finish));
    const alpha = pictures.every((picture) => picture.alpha);
    return { ...pictures[0]!, raster: stackedSlices(pictures.map(({ raster }) => raster)), alpha };
  }
  const values = slices.map(({ wide, raster }) => wide ?? new Float64Array(raster.data));
  const size = values[0]!.length;
  if (values.some(({ length }) => length !== size)) throw new Error('its slices are not of one size');
  const wide = new Float64Array(depth * size);
  for (const [z, slice] of values.entries()) wide.set(slice, z * size);
  return finished({ ...first, raster: { ...first.raster, depth }, wide }, finish);
}

function joined({ channels, volume }: TiffPicture, finish: Finish): Picture {
  const parts = channels.map((slices) =>
    volume ? volumeFrom(slices, finish) : finished(slices[0]!, finish),
  );
  const [first] = parts as [Picture];
  if (parts.length === 1) return first;
  return {
    ...first,
    raster: joinedChannels(parts.map(({ raster }) => raster)),
    alpha: false,
    separate: true,
  };
}

/** The picture of a TIFF that is meant, or all of them, with all of their slices and channels. */
export async function tiffPictures(
  bytes: Uint8Array,
  limits: Limits,
  choice: TiffChoice,
  all: boolean,
  finish: Finish,
): Promise<Picture[]> {
  const pictures = await decodeTiff(bytes, limits, choice, all);
  return pictures.map((picture) => joined(picture, finish));
}
