import type { JitOptions } from '@segscape/jit';
import { inline, randomPlane, type Surface, surface } from '@segscape/landscape';
import { fromLayersModel, type LayersBatch, layersObjective } from '@segscape/models/layers';
import { dispose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

export interface SurfaceOfOptions {
  /** How far the axes reach, in filter-normalised directions. Default 1. */
  readonly range?: number;
  /** Points along each axis. Default 9. */
  readonly points?: number;
  readonly seed?: number;
  readonly jit?: JitOptions;
}

/** The loss surface of a compiled `tf.LayersModel`, around the weights that it has; the model itself stays as it is. */
export async function surfaceOf(
  layersModel: LayersModel,
  batches: readonly LayersBatch[],
  { range = 1, points = 9, seed = 1, jit = {} }: SurfaceOfOptions = {},
): Promise<Surface> {
  const { model, params } = fromLayersModel(layersModel);
  const { directions } = randomPlane(params, { seed, isTrainable: model.isTrainable });
  const objective = layersObjective(layersModel, { metrics: true });
  const runner = inline(jit);
  try {
    let found: Surface | undefined;
    const axis = [-range, range, points] as const;
    for await (const event of surface({ objective, params, directions, x: axis, y: axis, batches, runner }))
      if (event.type === 'done') found = event.result;
    return found!;
  } finally {
    await runner.dispose();
    dispose([params, ...directions]);
  }
}
