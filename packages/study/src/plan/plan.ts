import { logSpacedEpochs } from '@segscape/landscape';
import { pathName } from '@segscape/runs';
import type { StudyConfig } from '../config/schema.js';
import type { NamedLoss } from '../named-losses.js';

/** One training of the plan. */
export interface TrainingTask {
  readonly named: NamedLoss;
  readonly seed: number;
  /** From 0; of a study of one division 0. */
  readonly fold: number;
  /** Which of the networks that are compared, from 0. */
  readonly model: number;
}

/** What the plan is made of. */
export interface Planned {
  readonly config: StudyConfig;
  readonly setup: {
    readonly models: readonly { readonly folds: readonly { readonly losses: readonly NamedLoss[] }[] }[];
  };
}

/** Every network by every loss with every seed in every fold. */
export const tasksOf = ({ config, setup: { models } }: Planned): TrainingTask[] =>
  models.flatMap(({ folds }, model) =>
    folds[0]!.losses.flatMap((_, i) =>
      config.training.seeds.flatMap((seed) =>
        folds.map(({ losses }, fold) => ({ named: losses[i]!, seed, fold, model })),
      ),
    ),
  );

/** Seeds of each loss where a study adds some until it is decided, and says no other number. */
const seedsUnlessSaid = 8;

/** How many seeds a loss is trained with at the most. */
export const mostSeeds = ({ training }: StudyConfig): number =>
  training.until === undefined
    ? training.seeds.length
    : Math.max(training.maxSeeds ?? seedsUnlessSaid, training.seeds.length);

/** Trainings of the plan, at the most. */
export const mostTrainings = ({ config, setup: { models } }: Planned): number =>
  models.reduce((sum, { folds }) => sum + folds.length * folds[0]!.losses.length, 0) * mostSeeds(config);

/** Which training of a run is meant. */
export interface TaskKey {
  readonly loss: string;
  readonly seed: number;
  /** Default 0. */
  readonly fold?: number;
}

export const keyOf = ({ named, seed, fold }: Omit<TrainingTask, 'model'>): Required<TaskKey> => ({
  loss: named.label,
  seed,
  fold,
});

/** `Dice (seed 1, fold 2)`; the first fold goes unnamed. */
export const inWords = ({ loss, seed, fold = 0 }: TaskKey): string =>
  `${loss} (seed ${seed}${fold === 0 ? '' : `, fold ${fold}`})`;

/** Where a training keeps its checkpoints, below `checkpoints/`; the first fold as a study without folds does. */
export const taskFolder = ({ loss, seed, fold = 0 }: TaskKey) =>
  `${pathName(loss)}/seed-${seed}${fold === 0 ? '' : `/fold-${fold}`}`;

const numbered = (epoch: number) => String(epoch).padStart(4, '0');

/** Names of a training's checkpoints: the rolling one that it goes on from, the epoch that the validation images chose, and others. */
export function checkpointsOf(key: TaskKey) {
  const folder = taskFolder(key);
  return {
    latest: `${folder}/latest`,
    best: `${folder}/best`,
    /** What a surface lies around. */
    epoch: (epoch: number) => `${folder}/epoch-${numbered(epoch)}`,
    /** Weights alone, for the path of a training. */
    station: (epoch: number) => `${folder}/station-${numbered(epoch)}`,
  };
}

export const latestName = (task: TrainingTask) => checkpointsOf(keyOf(task)).latest;
export const bestName = (task: TrainingTask) => checkpointsOf(keyOf(task)).best;
export const epochName = (task: TrainingTask, epoch: number) => checkpointsOf(keyOf(task)).epoch(epoch);
export const stationName = (task: TrainingTask, epoch: number) => checkpointsOf(keyOf(task)).station(epoch);

/** The rolling checkpoint of a candidate for a learning rate; no loss's folder begins like it. */
export const candidateName = (loss: string, candidate: number) =>
  `@learning-rates/${pathName(loss)}/candidate-${candidate}`;

/** File name of a surface in `landscapes/`, without ending. */
export const surfaceName = ({ named, seed }: TrainingTask, epoch: number) =>
  `${pathName(named.label)}-seed-${seed}-epoch-${numbered(epoch)}`;

/**
 * What is kept of a training at the epochs of the surfaces: in later folds, of which none are drawn, weights alone would be of no
 * use.
 */
export const keptAs = ({ training }: StudyConfig, { fold }: TrainingTask): 'state' | 'weights' | 'nothing' =>
  training.keep !== 'weights' ? 'state' : fold === 0 ? 'weights' : 'nothing';

/** Whether a checkpoint is of this training, and holds a whole state that it can go on from. */
export const isStateOf = (config: StudyConfig, task: TrainingTask, name: string): boolean => {
  const prefix = `${taskFolder(keyOf(task))}/`;
  const own = name.slice(prefix.length);
  const weights = keptAs(config, task) === 'state' ? /^station-/ : /^(station|epoch)-/;
  return name.startsWith(prefix) && !own.includes('/') && !weights.test(own);
};

/** How many epochs a path is drawn through. */
const stations = 10;

/** Whether networks of a training are drawn, and their surfaces: those of the first seed in the first fold. */
export const isDrawn = (
  { training }: StudyConfig,
  { seed, fold }: Pick<TrainingTask, 'seed' | 'fold'>,
): boolean => seed === training.seeds[0] && fold === 0;

/** Epochs that the path of a training is drawn through: more of the fast beginning. Only those that are drawn have one. */
export function stationEpochs(config: StudyConfig, task: Pick<TrainingTask, 'seed' | 'fold'>): number[] {
  const { landscape, training } = config;
  const wanted = landscape.enabled && landscape.maps && isDrawn(config, task);
  return wanted && training.epochs > 1 ? logSpacedEpochs(training.epochs, stations) : [];
}

/** The epochs whose weights are kept for surfaces: 0 is before training. */
export function keptEpochs({ landscape, training }: StudyConfig): { epoch: number; moment: string }[] {
  const moments = landscape.checkpoints.map((at) => {
    if (at === 'start') return { epoch: 0, moment: 'start' };
    if (at === 'middle') return { epoch: Math.max(1, Math.round(training.epochs / 3)), moment: 'middle' };
    if (at === 'end') return { epoch: training.epochs, moment: 'end' };
    return { epoch: Math.min(at, training.epochs), moment: `epoch ${at}` };
  });
  return moments.filter(({ epoch }, i) => moments.findIndex((other) => other.epoch === epoch) === i);
}
