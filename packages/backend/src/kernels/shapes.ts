// Shapes as the window arithmetic of TensorFlow.js types them.

/** `[batch, height, width, channels]`, or of a filter `[height, width, in, out]`. */
export const planeShape = (shape: readonly number[]) => [...shape] as [number, number, number, number];

/** `[batch, depth, height, width, channels]`, or of a filter `[depth, height, width, in, out]`. */
export const spaceShape = (shape: readonly number[]) =>
  [...shape] as [number, number, number, number, number];
