import type { FitOptions, TrainState } from '@segscape/train';
import { classLosses } from '../class-losses.js';
import { optimizerOf } from '../plan/optimizer.js';
import type { TrainingTask } from '../plan/plan.js';
import { selectionOf, selectOptions } from '../plan/selection.js';
import type { TaskContext } from './context.js';
import { scorer } from './scoring.js';

/** Decay of the running average of weights, where a config asks for one and names no other. */
const averageDecay = 0.99;

/** Steps of one epoch of a training: updates of its weights. */
export const stepsPerEpoch = ({ config, setup }: Pick<TaskContext, 'config' | 'setup'>): number =>
  Math.ceil(
    (Math.ceil(setup.train.length / config.training.batchSize) * config.training.repeats) /
      (config.training.accumulate ?? 1),
  );

/** What each class adds to the loss; one that is called like a term says that it is a class. */
function classTerms(
  { setup, registry }: TaskContext,
  named: TrainingTask['named'],
): NonNullable<FitOptions['terms']> {
  const parts = Object.entries(classLosses(named, registry, setup));
  return Object.fromEntries(
    parts.map(([name, part]) => [Object.hasOwn(named.terms ?? {}, name) ? `class ${name}` : name, part]),
  );
}

interface TrainingParts {
  readonly from?: TrainState | undefined;
  /** Takes what the user should know. */
  readonly notices: string[];
  /** Learning rate; default the optimiser's own. */
  readonly rate?: number | undefined;
  /** Of `trainingStatistics`. */
  readonly statistics?: FitOptions['statistics'] | undefined;
}

/** A training of the plan as `fit` is given it. */
export function trainingOptions(
  context: TaskContext,
  { named, seed }: Pick<TrainingTask, 'named' | 'seed'>,
  { from, notices, rate, statistics }: TrainingParts,
): FitOptions {
  const { config, setup, registry, signal, jit } = context;
  const { epochs, repeats } = config.training;
  const steps = epochs * stepsPerEpoch(context);
  const select = selectOptions(config, setup);
  const averaged = selectionOf(config, setup) === 'ema';
  const { validation } = setup;
  return {
    model: setup.model,
    loss: named.loss,
    terms: { ...classTerms(context, named), ...named.terms },
    optimizer: optimizerOf(config, registry, steps, rate),
    records: true,
    data: (epoch) => setup.trainBatches(epoch, seed, repeats),
    validation: {
      train: () => setup.evaluationBatches(setup.train),
      ...(validation.length > 0 && { validation: () => setup.evaluationBatches(validation) }),
      test: () => setup.evaluationBatches(setup.test),
    },
    metrics: () => scorer(setup),
    epochs,
    seed,
    ...(config.training.accumulate !== undefined && { accumulate: config.training.accumulate }),
    ...(config.training.supervision && { supervision: config.training.supervision }),
    ...(select && { select }),
    ...(averaged && { averageDecay: config.training.averageDecay ?? averageDecay }),
    ...(averaged &&
      config.training.averageFrom !== undefined && { averageFrom: config.training.averageFrom }),
    ...(statistics && { statistics }),
    ...(signal && { signal }),
    ...(from && { resumeFrom: from }),
    jit: {
      ...jit,
      onFallback: (reason) =>
        notices.push(`${named.label} runs without ahead-of-time compilation: ${reason.message}`),
    },
  };
}
