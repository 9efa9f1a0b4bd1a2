/**
 * Networks of `@tensorflow/tfjs-layers` as pure functions of their weights, and ours as a `tf.LayersModel`.
 *
 *     import { fromLayersModel, layersObjective } from '@segscape/models/layers';
 *
 * @module
 */
export {
  type FromLayersModel,
  type FunctionalModel,
  fromLayersModel,
} from './layers-model/from-layers-model.js';
export {
  type LayersBatch,
  type LayersObjectiveOptions,
  layersObjective,
} from './layers-model/layers-objective.js';
export {
  type LayersModule,
  type ToLayersModelOptions,
  toLayersModel,
} from './layers-model/to-layers-model.js';
