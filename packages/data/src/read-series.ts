import { type Raster, SegscapeError } from '@segscape/core';
import { finished } from './decode/decoded.js';
import type { CodecLoaders } from './decode/dicom/codecs.js';
import { inSpace, slicePlace } from './decode/dicom/slice-place.js';
import { decodeDicom } from './decode/dicom.js';
import { formatOf } from './file-format.js';
import { readFailure } from './read-failure.js';
import type { ReadOptions } from './read-options.js';
import { bytesOf, type ImageSource, nameOf } from './source.js';
import { stackedSlices } from './stacked-slices.js';

export interface SeriesReading extends Required<Pick<ReadOptions, 'as' | 'maxBytes'>> {
  readonly codecs: CodecLoaders;
}

/** Slices of one type: what is scaled in some of them is a float in all. */
function ofOneType(slices: readonly Raster[]): readonly Raster[] {
  const types = new Set(slices.map(({ data }) => data.constructor));
  if (types.size === 1 || !types.has(Float32Array)) return slices;
  return slices.map((slice) => ({ ...slice, data: new Float32Array(slice.data) }));
}

/**
 * DICOM files of one slice each as a volume, from the first slice along the normal of their plane.
 * @param name what errors call them.
 * @throws {SegscapeError} as `readDicomSeries`.
 */
export async function readSeries(
  where: string,
  name: string,
  sources: readonly ImageSource[],
  { as, maxBytes, codecs }: SeriesReading,
): Promise<Raster> {
  const files = await Promise.all(
    sources.map(async (source) => ({ name: nameOf(source), bytes: await bytesOf(source) })),
  );
  const of = <T>(file: string, work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw readFailure(where, file, 'DICOM', cause);
    }
  };
  for (const { name: file, bytes } of files)
    if (formatOf(bytes) !== 'DICOM')
      throw new SegscapeError(
        'UNREADABLE_IMAGE',
        `${where}: '${file}' is no DICOM file (128 bytes, then DICM), and lies among the slices of '${name}'. Leave it out.`,
        { details: { name: file } },
      );
  const places = files.map(({ name: file, bytes }) => of(file, () => slicePlace(bytes, { maxBytes })));
  const { order, between } = of(name, () => inSpace(places));
  const slices: Raster[] = [];
  let taken = 0;
  for (const index of order) {
    const { name: file, bytes } = files[index]!;
    try {
      const decoded = await decodeDicom(bytes, { maxBytes, taken }, codecs, as === 'image');
      const { raster } = finished(decoded, { as, alpha: 'keep', orientation: 'ignore', maxBytes });
      if (raster.depth !== undefined) throw new Error(`it holds ${raster.depth} slices among files of one`);
      taken += raster.data.byteLength;
      slices.push(raster);
    } catch (cause) {
      throw readFailure(where, file, 'DICOM', cause);
    }
  }
  const [first] = slices as [Raster];
  if (slices.length === 1) return first;
  const { spacing, ...volume } = of(name, () => stackedSlices(ofOneType(slices)));
  return { ...volume, ...(spacing && between !== undefined && { spacing: [between, ...spacing] }) };
}
