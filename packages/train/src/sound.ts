import { assertOption, type Optimizer, SegscapeError } from '@segscape/core';
import type { toParams } from '@segscape/core/params';
import { dispose } from '@tensorflow/tfjs-core';
import { notFiniteIn } from './host-state.js';
import type { Position, TrainState } from './state.js';
import type { TrainableModel } from './step.js';

/** What can still be relied on. */
const standing = (sound: number | undefined) =>
  sound === undefined
    ? 'no checkpoint was made before'
    : `the weights after epoch ${sound} were all finite and stand as the last checkpoint`;

/**
 * @param sound the epoch of the last state whose weights were looked at and all finite.
 */
export const notFinite = (
  name: string | undefined,
  value: number,
  { epoch, step }: Position,
  sound: number | undefined,
  ids?: readonly string[],
): SegscapeError =>
  new SegscapeError(
    'NOT_FINITE',
    `fit: ${name ?? 'the loss'} became ${value} at step ${step + 1} of epoch ${epoch + 1}${ids?.length ? ` (samples ${ids.join(', ')})` : ''}. Lower the learning rate, clip gradients, or look at those samples; ${standing(sound)}.`,
    { details: { value, epoch, step: step + 1, sound, ids: ids ?? [] } },
  );

/** Lets no state pass whose weights a training could not go on from. */
export function assertSound(
  state: TrainState,
  loss: string | undefined,
  sound: number | undefined,
  ids: readonly string[] = [],
): void {
  const name = notFiniteIn(state);
  if (name === undefined) return;
  throw new SegscapeError(
    'NOT_FINITE',
    `fit: '${name}' is no longer finite after step ${state.step} with ${loss ?? 'the loss'}${ids.length ? ` (samples of the last step: ${ids.join(', ')})` : ''}. Lower the learning rate or clip gradients; ${standing(sound)}.`,
    { details: { parameter: name, epoch: state.epoch, step: state.step, sound, ids } },
  );
}

const shapes = (record: Readonly<Record<string, { readonly shape: readonly number[] }>>) =>
  Object.entries(record)
    .map(([name, { shape }]) => `${name} [${shape}]`)
    .sort();

/** Refuses a state that another optimiser, another network or other options made. */
export function assertResumable(
  state: TrainState,
  model: TrainableModel & { init(seed: number): Record<string, { readonly shape: readonly number[] }> },
  optimizer: Optimizer,
  averaged: boolean,
): void {
  const params = model.init(0) as ReturnType<typeof toParams>;
  const trainable = Object.fromEntries(Object.entries(params).filter(([name]) => model.isTrainable(name)));
  const expected = optimizer.init(trainable);
  const pairs: [string, string[], string[]][] = [
    ['weights', shapes(params), shapes(state.params)],
    ['optimizer moments', shapes(expected), shapes(state.optimizer)],
    ['averaged weights', averaged ? shapes(params) : [], shapes(state.average ?? {})],
  ];
  dispose([params, expected].flatMap(Object.values));
  for (const [what, wanted, given] of pairs) {
    const missing = wanted.find((entry) => !given.includes(entry));
    const left = given.find((entry) => !wanted.includes(entry));
    if (missing === undefined && left === undefined) continue;
    const differs = [missing && `it lacks ${missing}`, left && `it has ${left}`]
      .filter(Boolean)
      .join(' and ');
    throw new SegscapeError(
      'BAD_OPTION',
      `fit: resumeFrom has other ${what} than this model and optimizer: ${differs}. ` +
        'Resume with the model, optimizer and averageDecay that made it, or begin anew.',
      { details: { missing, left } },
    );
  }
}

/** Whether a value says where a training stands. */
const isPosition = (value: Position): boolean =>
  [value.epoch, value.batch, value.step].every((count) => Number.isSafeInteger(count) && count >= 0) &&
  Number.isFinite(value.lossSum);

/** Refuses to go on from what is no state: the bytes of one, or the result that it is in. */
export function assertState(where: string, resumeFrom: TrainState | undefined): void {
  const sound =
    !resumeFrom ||
    (isPosition(resumeFrom) &&
      [resumeFrom.params, resumeFrom.optimizer].every((part) => typeof part === 'object'));
  const given = ArrayBuffer.isView(resumeFrom) ? 'bytes' : Object.keys(resumeFrom ?? {});
  const must = 'be the state of a checkpoint or of done; decodeState reads one from the bytes of a file';
  assertOption(sound, where, 'resumeFrom', given, must);
}
