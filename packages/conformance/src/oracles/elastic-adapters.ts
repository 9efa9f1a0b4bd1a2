import {
  type AffineOptions,
  type BorderMode,
  cropRaster,
  type DisplacementField,
  gaussianFilter,
  gridField,
  padRaster,
  simardField,
  splineCoefficients,
  type WarpOptions,
  warp,
  warpAdjoint,
  withAffine,
} from '@segscape/augment';
import type { Raster } from '@segscape/core';
import { type Adapter, type Adapters, type Numbers, type OracleCase, Unsupported } from './adapter.js';

const shapeOf = (values: Numbers): number[] =>
  Array.isArray(values) ? [values.length, ...shapeOf(values[0] as Numbers)] : [];
const flat = (values: Numbers) => (values as number[]).flat(9) as number[];

function nested(data: ArrayLike<number>, shape: readonly number[]): Numbers {
  let parts: Numbers[] = Array.from(data);
  for (const size of shape.slice(1).reverse())
    parts = Array.from({ length: parts.length / size }, (_, i) => parts.slice(i * size, (i + 1) * size));
  return parts;
}

/** Images `[N, H, W, C]` or masks `[N, H, W]` as rasters. */
function rasters(values: Numbers, kind: 'float' | 'labels' = 'float'): Raster[] {
  const [n, height, width, channels = 1] = shapeOf(values) as [number, number, number, number?];
  const data = flat(values);
  const size = height * width * channels;
  return Array.from({ length: n }, (_, i) => {
    const part = data.slice(i * size, (i + 1) * size);
    return {
      data: kind === 'float' ? Float32Array.from(part) : Int32Array.from(part),
      height,
      width,
      channels,
    };
  });
}

function images(list: readonly Raster[], rank: 3 | 4 = 4): Numbers {
  const { height, width, channels } = list[0]!;
  const all = list.flatMap(({ data }) => Array.from(data));
  return nested(all, [list.length, height, width, ...(rank === 4 ? [channels] : [])]);
}

/** Fields `[N, H, W, 2]` of (dy, dx). */
function fields(values: Numbers): DisplacementField[] {
  const [n, height, width] = shapeOf(values) as [number, number, number];
  const data = flat(values);
  const size = height * width;
  return Array.from({ length: n }, (_, i) => {
    const pick = (c: number) => Float64Array.from({ length: size }, (_, p) => data[(i * size + p) * 2 + c]!);
    return { height, width, dy: pick(0), dx: pick(1) };
  });
}

const fieldsBack = (list: readonly DisplacementField[]): Numbers => {
  const { height, width } = list[0]!;
  const all = list.flatMap(({ dy, dx }) => Array.from(dy).flatMap((value, p) => [value, dx[p]!]));
  return nested(all, [list.length, height, width, 2]);
};

const optionsOf = ({ params }: OracleCase): Required<WarpOptions> => {
  if (params.prefilter === false) throw new Unsupported('order 3 on values that are not prefiltered');
  return {
    order: (params.order ?? 1) as 0 | 1 | 3,
    mode: (params.mode ?? 'reflect') as BorderMode,
    cval: (params.cval ?? 0) as number,
  };
};

const warped: Adapter = (oracle) => {
  const all = fields(oracle.inputs.displacement!);
  const list = rasters(oracle.inputs.image!).map((image, i) => warp(image, all[i]!, optionsOf(oracle)));
  return { value: images(list) };
};

const warpedMask: Adapter = (oracle) => {
  const all = fields(oracle.inputs.displacement!);
  const list = rasters(oracle.inputs.mask!, 'labels').map((mask, i) =>
    warp(mask, all[i]!, optionsOf(oracle)),
  );
  return { value: images(list, 3) };
};

const line: Adapter = (oracle) => {
  const values = flat(oracle.inputs.values!);
  const coords = flat(oracle.inputs.coords!);
  const image = { data: Float32Array.from(values), height: 1, width: values.length, channels: 1 };
  const dx = Float64Array.from(coords, (c, i) => c - i);
  const field = { height: 1, width: coords.length, dy: new Float64Array(coords.length), dx };
  return { value: Array.from(warp(image, field, optionsOf(oracle)).data) };
};

const gaussian: Adapter = (oracle) => {
  const { sigma, mode, cval, truncate } = oracle.params as Record<string, number> & { mode: BorderMode };
  const options = { sigma: sigma!, mode, cval: cval ?? 0, truncate: truncate ?? 4 };
  return { value: images(rasters(oracle.inputs.image!).map((image) => gaussianFilter(image, options))) };
};

const simard: Adapter = (oracle) => {
  const { alpha, sigma, filterMode } = oracle.params as {
    alpha: number;
    sigma: number;
    filterMode?: BorderMode;
  };
  const moved = fields(oracle.inputs.noise!).map((noise) =>
    simardField(noise, { alpha, sigma, ...(filterMode && { filterMode }) }),
  );
  const list = rasters(oracle.inputs.image!).map((image, i) => warp(image, moved[i]!, optionsOf(oracle)));
  return { value: { displacement: fieldsBack(moved), image: images(list) } };
};

/** The seed's own augmentation: symmetric margin, deformation, crop. */
const seedElastic: Adapter = (oracle) => {
  const { alpha, sigma, padSize, padMode } = oracle.params as Record<string, number> & { padMode: string };
  if (padMode !== 'symmetric') throw new Unsupported(`padding mode ${padMode}`);
  const margin = padSize!;
  const moved = fields(oracle.inputs.noise!).map((noise) =>
    simardField(noise, { alpha: alpha!, sigma: sigma! }),
  );
  const list = rasters(oracle.inputs.image!).map((image, i) => {
    const padded = padRaster(image, [margin, margin, margin, margin], { mode: 'reflect' });
    return cropRaster(
      warp(padded, moved[i]!, optionsOf(oracle)),
      [margin, margin],
      [image.height, image.width],
    );
  });
  return { value: images(list) };
};

/** Displacements `[2, rows, columns]` of control points, and a turn and zoom, as one dense field. */
function dense(oracle: OracleCase, height: number, width: number): DisplacementField {
  const [, rows, columns] = shapeOf(oracle.inputs.displacement!) as [number, number, number];
  const all = flat(oracle.inputs.displacement!);
  const count = rows * columns;
  const field = gridField({ rows, columns, dy: all.slice(0, count), dx: all.slice(count) }, height, width);
  const { rotate, zoom } = oracle.params as { rotate?: number; zoom?: number };
  if (rotate === undefined && zoom === undefined) return field;
  const affine: AffineOptions = { degrees: rotate ?? 0, scale: zoom ?? 1 };
  return withAffine(field, affine);
}

/** elasticdeform follows scipy before 1.6 here; scipy, and we, have changed since. */
function assertModern(order: number, mode: unknown): void {
  if (mode === 'reflect' || (mode === 'nearest' && order === 3))
    throw new Unsupported(`border mode '${mode}' at order ${order} as scipy had it before 1.6`);
}

const deformed: Adapter = (oracle) => {
  const options = optionsOf(oracle);
  assertModern(options.order, options.mode);
  const list = rasters(oracle.inputs.image!).map((image) =>
    warp(image, dense(oracle, image.height, image.width), options),
  );
  return { value: images(list) };
};

const deformedPair: Adapter = (oracle) => {
  const { order, mode, cval } = oracle.params as {
    order: [WarpOptions['order'], WarpOptions['order']];
    mode: BorderMode;
    cval: number;
  };
  assertModern(Math.max(...(order as number[])), mode);
  const one = (list: Raster[], which: 0 | 1) =>
    list.map((raster) =>
      warp(raster, dense(oracle, raster.height, raster.width), { order: order[which] ?? 1, mode, cval }),
    );
  return {
    value: {
      image: images(one(rasters(oracle.inputs.image!), 0)),
      mask: images(one(rasters(oracle.inputs.mask!, 'labels'), 1), 3),
    },
  };
};

const deformedGradient: Adapter = (oracle) => {
  const options = optionsOf(oracle);
  assertModern(options.order, options.mode);
  const list = rasters(oracle.inputs.dY!).map((gradient) =>
    warpAdjoint(
      gradient,
      dense(oracle, gradient.height, gradient.width),
      [gradient.height, gradient.width],
      options,
    ),
  );
  return { value: images(list) };
};

const toDense: Adapter = (oracle) => {
  const [height, width] = flat(oracle.inputs.size!) as [number, number];
  return { value: fieldsBack([dense(oracle, height, width)]) };
};

const coefficients: Adapter = (oracle) => {
  if (oracle.params.order !== undefined && oracle.params.order !== 3)
    throw new Unsupported(`a spline of order ${oracle.params.order}`);
  const mode = (oracle.params.mode ?? 'mirror') as BorderMode;
  return { value: images(rasters(oracle.inputs.image!).map((image) => splineCoefficients(image, mode))) };
};

/** The cases of warping and elastic deformation, through `@segscape/augment`. */
export const elasticAdapters: Adapters = {
  warp: warped,
  warpMask: warpedMask,
  sampleLine: line,
  gaussianFilter: gaussian,
  simard,
  seedElastic,
  deformGrid: deformed,
  deformGridPair: deformedPair,
  deformGridGradient: deformedGradient,
  gridToDense: toDense,
  splinePrefilter: coefficients,
};
