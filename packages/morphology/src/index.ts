/**
 * Morphology of label rasters, 2-D and 3-D, on typed arrays: no tensors, no dependencies but core.
 *
 *     import { distanceTransform, splitTouching } from '@segscape/morphology';
 *
 *     const mask = { data: Uint8Array.of(0, 1, 1, 1, 0), height: 1, width: 5, channels: 1 };
 *     distanceTransform(mask).data; // 0, 1, 2, 1, 0
 *
 * @module
 */
export { type BoundaryOptions, boundary } from './boundary.js';
export { type ClearBorderOptions, clearBorder } from './clear-border.js';
export {
  type Components,
  connectedComponents,
  fillHoles,
  largestComponent,
  type RemoveSmallOptions,
  removeSmall,
} from './components.js';
export {
  type DistanceOptions,
  distanceTransform,
  type NearestFeatures,
  nearestFeatures,
} from './distance-transform.js';
export { distancesAt } from './distances-at.js';
export { type ExpandLabelsOptions, expandLabels } from './expand-labels.js';
export type { Connectivity, ConnectivityOption } from './neighbours.js';
export { removeSmallHoles } from './remove-small-holes.js';
export { type SplitTouchingOptions, splitTouching } from './split-touching.js';
export type { Structure } from './structure.js';
export { close, dilate, erode, open, type StructuringOptions } from './structuring.js';
export { type ThinOptions, thin } from './thin.js';
export { type WatershedOptions, watershed } from './watershed.js';
