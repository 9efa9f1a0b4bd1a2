import { engine } from '@tensorflow/tfjs-core';

/**
 * Disposes of what a gradient had saved when an error ended it: TensorFlow.js keeps that for ever. Inside another gradient it does
 * nothing.
 */
export function releaseTape(): void {
  const { state } = engine();
  // Null where no gradient has been under way.
  const tape: typeof state.activeTape | null = state.activeTape;
  if (state.gradientDepth > 0 || !tape) return;
  state.activeTape = [];
  for (const { saved = [] } of tape) for (const tensor of saved) tensor.dispose();
}
