import type { Raster } from '@segscape/core';
import type { Dataset } from '@segscape/data';

/** One slice of a volume; what is flat already as it is. */
function sliceOf(volume: Raster, z: number): Raster {
  const { depth, spacing, data, height, width, channels } = volume;
  if (depth === undefined) return volume;
  const size = height * width * channels;
  return {
    data: data.slice(z * size, (z + 1) * size),
    height,
    width,
    channels,
    ...(spacing && { spacing: spacing.slice(-2) as typeof spacing }),
  };
}

/**
 * A dataset of volumes as one of their slices, which stay together in a split.
 * @param depths slices by id; ids that it lacks are flat.
 */
export function slicedDataset(dataset: Dataset, depths: Readonly<Record<string, number>>): Dataset {
  const places = (dataset.ids ?? []).flatMap((id, index) =>
    Array.from({ length: depths[id] ?? 1 }, (_, z) => ({ id, index, z })),
  );
  const name = ({ id, z }: { readonly id: string; readonly z: number }) =>
    depths[id] === undefined ? id : `${id}-slice-${String(z + 1).padStart(3, '0')}`;
  return {
    ...dataset,
    length: places.length,
    ids: places.map(name),
    groups: places.map(({ id, index }) => dataset.groups?.[index] ?? id),
    async get(at) {
      const place = places[at]!;
      const { image, mask, group } = await dataset.get(place.index);
      return {
        id: name(place),
        group: group ?? place.id,
        image: sliceOf(image, place.z),
        mask: sliceOf(mask, place.z),
      };
    },
    describe: () => ({ ...dataset.describe(), length: places.length }),
  };
}
