import { decodeTensors, encodeTensors, type PlainTensor, SegscapeError } from '@segscape/core';
import { readParams, toParams } from '@segscape/core/params';
import type { Best } from './selection.js';
import type { StepState } from './step.js';

type PlainRecord = Readonly<Record<string, PlainTensor>>;

/** Where a training stands: plain data, so that any storage can keep it and any backend go on from it. */
export interface TrainState {
  /** Epochs done. */
  readonly epoch: number;
  /** Batches of the next epoch that are done already. */
  readonly batch: number;
  /** Steps done in all. */
  readonly step: number;
  /** Sum of the losses of the batches done in this epoch, for its mean. */
  readonly lossSum: number;
  /** The best epoch so far, where `select` was given. */
  readonly best?: Best;
  readonly params: PlainRecord;
  readonly optimizer: PlainRecord;
  /** The running average of the weights, where `averageDecay` was given. */
  readonly average?: PlainRecord;
}

export type Position = Omit<TrainState, 'params' | 'optimizer' | 'average'>;

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
export function notFiniteIn(state: Pick<TrainState, 'params' | 'optimizer'>): string | undefined {
  // A number less itself is 0; NaN and infinities give NaN. Millions of values stand here: no call for each.
  for (const record of [state.params, state.optimizer])
    for (const [name, { data }] of Object.entries(record))
      for (let i = 0; i < data.length; i++) if (data[i]! - data[i]! !== 0) return name;
  return undefined;
}

const parts = ['params', 'optimizer', 'average'] as const;

/**
 * A state as safetensors bytes, for any storage; `decodeState` reads them back to the bit.
 *
 * @param state of a `checkpoint`, `best` or `done` event.
 * @returns the bytes of a `.safetensors` file.
 */
export function encodeState(state: TrainState): Uint8Array {
  const { params, optimizer, average = {}, ...position } = state;
  const records = { params, optimizer, average };
  const all = parts.flatMap((part) =>
    Object.entries(records[part]).map(([name, value]) => [`${part}/${name}`, value] as const),
  );
  return encodeTensors(Object.fromEntries(all), { 'segscape.train': JSON.stringify(position) });
}

/**
 * Reads a state of a training back, to the bit.
 *
 * @param bytes what `encodeState` wrote.
 * @returns the state, for `resumeFrom`.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT` for other or damaged bytes.
 */
export function decodeState(bytes: Uint8Array): TrainState {
  const { tensors, metadata } = decodeTensors(bytes);
  let position: Position;
  try {
    position = JSON.parse(metadata['segscape.train'] ?? '') as Position;
  } catch (cause) {
    throw new SegscapeError(
      'CORRUPT_CHECKPOINT',
      'decodeState: these safetensors hold no state of a training. Give what encodeState wrote.',
      { cause },
    );
  }
  const of = (part: string) =>
    Object.fromEntries(
      Object.entries(tensors).flatMap(([name, value]) =>
        name.startsWith(`${part}/`) ? [[name.slice(part.length + 1), value]] : [],
      ),
    );
  const average = of('average');
  return {
    ...position,
    params: of('params'),
    optimizer: of('optimizer'),
    ...(Object.keys(average).length > 0 && { average }),
  };
}
