import { isSegscapeError } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { followImage, type TrainState } from '@segscape/train';
import { dispose, scalar } from '@tensorflow/tfjs-core';
import type { StudyEvent } from '../events.js';
import type { NamedLoss } from '../named-losses.js';
import { optimizerOf } from '../plan/optimizer.js';
import { load, save } from '../tasks/checkpoints.js';
import type { TaskContext } from '../tasks/context.js';
import {
  type ExperimentScales,
  experimentPictures,
  gradientScale,
  imageView,
  type OneImage,
} from './experiment-pictures.js';
import {
  clearFollowed,
  type FollowedRecord,
  followedName,
  followedTable,
  readFollowed,
  tablePath,
  writeFollowed,
} from './followed-record.js';
import { type FollowedRow, followedState, followedStep, lastRows } from './followed-step.js';
import { lookedAt } from './foreground-agreement.js';
import type { Start } from './start.js';

/** One image under one loss. */
export interface Following {
  readonly one: OneImage;
  readonly named: NamedLoss;
  readonly start: Start;
  /** Of the loss maps of this image, under whichever loss. */
  readonly lossScale: ExperimentScales['loss'];
  readonly progress: (iterations: number) => StudyEvent;
}

/** The state of an earlier start; a damaged one begins it anew, to the same end. */
async function earlier({ run }: TaskContext, name: string): Promise<TrainState | undefined> {
  try {
    return await load(run, name);
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND') || isSegscapeError(error, 'CORRUPT_CHECKPOINT')) return undefined;
    throw error;
  }
}

/** The learning rate that a loss is followed with, where one is known. */
const rateOf = (
  { config, rates }: Pick<TaskContext, 'config' | 'rates'>,
  label: string,
): number | undefined => {
  const { learningRate } = config.training.optimizer as { readonly learningRate?: unknown };
  const own = typeof learningRate === 'number' ? learningRate : undefined;
  return config.experiment?.learningRate ?? rates?.get(label) ?? own;
};

/** Iterations after the last event before this one, or the first. */
const since = (iteration: number, every: number) => (iteration % every === 0 ? every : iteration % every);

/** The config's optimiser without its schedule: an experiment is no part of a training. */
function optimizerFor({ config, registry }: TaskContext, rate: number | undefined) {
  const { schedule: _, ...optimizer } = config.training.optimizer as {
    readonly kind: string;
    readonly schedule?: unknown;
  };
  const training = { ...config.training, optimizer };
  return optimizerOf({ ...config, training }, registry, config.experiment!.iterations, rate);
}

/** The first of some rows whose numbers are not finite; -1 where all are. */
const lostAt = (rows: readonly FollowedRow[], own: number): number =>
  rows.findIndex(
    ({ gradientNorm, values }) => !Number.isFinite(gradientNorm) || !Number.isFinite(values[own]),
  );

/**
 * Trains on one image alone under one loss, and records what happens: a table of all iterations, pictures of every so many. What
 * was stopped goes on to the same bits; what has ended is read.
 * @returns undefined when the signal stopped it.
 */
export async function* followOne(
  context: TaskContext,
  { one, named, start, lossScale, progress }: Following,
): AsyncGenerator<StudyEvent, FollowedRecord | undefined> {
  const { config, setup, run, signal, jit } = context;
  const { iterations, every } = config.experiment!;
  const { label: loss } = named;
  const { id: image } = one;
  const rate = rateOf(context, loss);
  const { loss: startLoss = 'initial', epoch, seed } = start.fact;
  const before = [startLoss, epoch, seed, iterations, every, rate].join(' ');
  // A state that remembers no IoU cannot go on; what has ended without is shown without.
  const of = `${before} iou`;
  const found = await readFollowed(run, image, loss);
  if (found?.fact && (found.of === of || found.of === before)) return found;
  const known = found?.of === of ? found : undefined;
  if (known === undefined) await clearFollowed(run, image, loss);
  const name = followedName(image, loss);
  const from = known && (await earlier(context, name));
  // The rows since the last set of pictures are in the state alone.
  const recorded = from === undefined ? -1 : Math.floor(from.step / every) * every;
  const labels = setup.losses.map((each) => each.label);
  const table = followedTable(run, tablePath(image, loss), labels);
  await table.rewind(recorded);
  const pictures = (known?.pictures ?? []).filter(({ iteration = 0 }) => iteration <= recorded);
  const followed = {
    model: setup.model,
    losses: setup.losses,
    optimizer: optimizerFor(context, rate),
    every,
  };
  const state = followedState(start.params, followed);
  const weights = Object.fromEntries(
    Object.entries(named.loss.weightsAt?.(epoch) ?? {}).map(([key, value]) => [key, scalar(value)]),
  );
  const view = imageView(context, named);
  const notices: string[] = [];
  let diverged: number | undefined;
  try {
    const scales = { loss: lossScale, gradient: await gradientScale(view, start.params, one) };
    const events = followImage({
      step: followedStep({
        ...followed,
        named,
        looked: lookedAt(setup),
        supervision: config.training.supervision,
      }),
      state,
      sample: { images: one.images, labels: { ...one.prepared, ...weights, labels: one.labels } },
      iterations,
      every,
      ...(signal && { signal }),
      ...(from && { resumeFrom: from }),
      jit: {
        ...jit,
        onFallback: (reason) =>
          notices.push(`${loss} on '${image}' runs without ahead-of-time compilation: ${reason.message}`),
      },
    });
    for await (const event of events) {
      for (const message of notices.splice(0)) yield { type: 'notice', message };
      if (event.type === 'progress') yield progress(event.completed);
      if (event.type === 'state') {
        const { iteration } = event;
        const rows = iteration === 0 ? [] : lastRows(event.state.optimizer, since(iteration, every));
        const first = iteration - rows.length;
        const lost = lostAt(rows, labels.indexOf(loss));
        await table.append(first, lost < 0 ? rows : rows.slice(0, lost));
        if (lost >= 0) {
          diverged = first + lost;
          yield { type: 'notice', message: `${loss} on '${image}' alone diverged at iteration ${diverged}.` };
          break;
        }
        const now = toParams(event.state.params);
        try {
          pictures.push(...(await experimentPictures(context, view, now, { one, loss, iteration, scales })));
        } finally {
          dispose(Object.values(now));
        }
        await writeFollowed(run, image, loss, { of, pictures });
        await save(run, name, event.state);
      }
      if (event.type === 'done' && event.stopped) {
        await save(run, name, event.result.state);
        return undefined;
      }
    }
  } finally {
    dispose([...Object.values(state.optimizer), ...Object.values(weights)]);
    await view.dispose();
  }
  const fact = {
    image,
    loss,
    ...(rate !== undefined && { learningRate: rate }),
    ...(await table.thinned()),
    file: tablePath(image, loss),
    ...(diverged !== undefined && { diverged }),
  };
  const record = { of, pictures, fact };
  await writeFollowed(run, image, loss, record);
  await run.removeCheckpoint(name);
  return record;
}
