import { decodeTensors, encodeTensors, type PlainTensor, SegscapeError } from '@segscape/core';
import type { Best } from './selection.js';

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
  /** Steps that the running average has seen, where it began after `averageFrom` epochs. */
  readonly averaged?: number;
  /** The best epoch so far, where `select` was given. */
  readonly best?: Best;
  readonly params: PlainRecord;
  readonly optimizer: PlainRecord;
  /** The running average of the weights, where `averageDecay` was given. */
  readonly average?: PlainRecord;
}

export type Position = Omit<TrainState, 'params' | 'optimizer' | 'average'>;

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
