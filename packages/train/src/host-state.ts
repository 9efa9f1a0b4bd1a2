import { readParams, toParams } from '@segscape/core/params';
import type { Position, TrainState } from './state.js';
import type { StepState } from './step.js';

/** Copies a training's tensors to the host. */
export async function captureState(
  position: Position,
  { params, optimizer, average }: StepState,
): Promise<TrainState> {
  return {
    ...position,
    params: await readParams(params),
    optimizer: await readParams(optimizer),
    ...(average && { average: await readParams(average) }),
  };
}

/** Tensors from a state on the host; the caller disposes them. */
export const restoreState = ({ params, optimizer, average }: TrainState): StepState => ({
  params: toParams(params),
  optimizer: toParams(optimizer),
  ...(average && { average: toParams(average) }),
});

/** Name of the first tensor that holds NaN or an infinity. */
export function notFiniteIn({
  params,
  optimizer,
  average = {},
}: Pick<TrainState, 'params' | 'optimizer' | 'average'>): string | undefined {
  // A number less itself is 0; NaN and infinities give NaN. Millions of values stand here: no call for each.
  for (const record of [params, optimizer, average])
    for (const [name, { data }] of Object.entries(record))
      for (let i = 0; i < data.length; i++) if (data[i]! - data[i]! !== 0) return name;
  return undefined;
}
