/** Where the channels are: `last` is TensorFlow.js's order, `first` the order of ONNX convolutions. */
export type Layout = 'last' | 'first';

/** Whether tensors of this rank have a channels-first form of their own. */
export const hasLayouts = (rank: number) => rank === 4 || rank === 5;

/** Sizes in the order of a layout. */
export function inLayout(shape: readonly number[], layout: Layout): readonly number[] {
  if (layout === 'last' || !hasLayouts(shape.length)) return shape;
  return [shape[0]!, shape[shape.length - 1]!, ...shape.slice(1, -1)];
}

/** Where an axis of a channels-last tensor is in a layout. */
export function axisIn(axis: number, rank: number, layout: Layout): number {
  if (layout === 'last' || axis === 0) return axis;
  return axis === rank - 1 ? 1 : axis + 1;
}
