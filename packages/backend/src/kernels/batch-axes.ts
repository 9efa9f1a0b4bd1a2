import { backend_util, type Tensor, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Attrs } from './registry.js';

/** The axis that `gather` picks along, and how many of those before it are a batch; both may be counted from the end. */
export function gatherAxes(
  x: Tensor,
  indices: Tensor,
  attrs: Attrs,
): { readonly axis: number; readonly batchDims: number } {
  const axis = util.parseAxisParam(attrs.axis as number, x.shape)[0]!;
  const given = (attrs.batchDims as number | undefined) ?? 0;
  // Throws where the batch axes of the two do not fit.
  backend_util.segment_util.collectGatherOpShapeInfo(x as TensorInfo, indices as TensorInfo, axis, given);
  return { axis, batchDims: given < 0 ? given + indices.rank : given };
}
