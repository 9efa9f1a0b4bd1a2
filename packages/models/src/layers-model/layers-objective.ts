import { assertKnown, type Params, SegscapeError } from '@segscape/core';
import { add, mean, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { asBuilt } from './from-layers-model.js';
import { assertParams, namedWeights, withParams } from './substitution.js';

/** A batch as the compiled loss takes it. */
export type LayersBatch = {
  readonly images: Tensor;
  /** As for `model.fit`: one-hot for categorical cross-entropy, say. */
  readonly labels: Tensor;
};

export interface LayersObjectiveOptions {
  /** Also the compiled metrics, by their names. Default false. */
  readonly metrics?: boolean;
}

/** What `compile` made of the loss: a sequential model keeps it in the model that it wraps. */
function compiledPart(
  model: LayersModel,
): Pick<LayersModel, 'name' | 'lossFunctions' | 'metricsTensors' | 'metricsNames'> {
  if (model.lossFunctions !== undefined || !('model' in model)) return model;
  return model.model as LayersModel;
}

/**
 * What a compiled model is trained by, as a function of its weights: its loss with the regularisation of its layers, as `fit`
 * minimises it. An objective for surfaces, lines and curvature.
 *
 *     const objective = layersObjective(compiled);
 *     surface({ objective, params, directions, x, y, batches: [{ images, labels }] });
 *
 * @param layersModel compiled, with one input and one output.
 * @param options `metrics`, whether those that it was compiled with are computed, too. Default false.
 * @returns `(params, { images, labels }) → { loss }`, scalars; with `metrics` one for each metric, too.
 * @throws {SegscapeError} `BAD_OPTION` for a model that is not compiled or has several outputs; `SHAPE_MISMATCH` when called with
 *   other parameters than the model's.
 */
export function layersObjective(
  layersModel: LayersModel,
  options: LayersObjectiveOptions = {},
): (params: Params, batch: LayersBatch) => Record<string, Scalar> {
  assertKnown('layersObjective', options, ['metrics']);
  const { metrics = false } = options;
  const {
    name,
    lossFunctions = [],
    metricsTensors = [],
    metricsNames = [],
  } = compiledPart(asBuilt('layersObjective', layersModel));
  if (lossFunctions.length !== 1)
    throw new SegscapeError(
      'BAD_OPTION',
      `layersObjective: expected a compiled model of one output, got '${name}' with ${lossFunctions.length} losses. Call model.compile({ optimizer, loss }) first.`,
      { details: { option: 'layersModel', value: name } },
    );
  const weights = namedWeights(layersModel);
  return (params, { images, labels }) => {
    assertParams(name, weights, params);
    return withParams(weights, params, () => {
      const output = layersModel.apply(images, { training: false }) as Tensor;
      const loss = layersModel
        .calculateLosses()
        .reduce<Tensor>((sum, part) => add(sum, part), mean(lossFunctions[0]!(labels, output)));
      const values: Record<string, Scalar> = { loss: loss as Scalar };
      if (metrics)
        for (const [i, [metric]] of metricsTensors.entries())
          values[metricsNames[i + 1] ?? `metric${i}`] = mean(metric(labels, output)) as Scalar;
      return values;
    }).result as Record<string, Scalar>;
  };
}
