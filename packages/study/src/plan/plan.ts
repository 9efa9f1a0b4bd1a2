import { logSpacedEpochs } from '@segscape/landscape';
import { pathName } from '@segscape/runs';
import type { StudyConfig } from '../config/schema.js';
import type { NamedLoss } from '../named-losses.js';

/** One training of the plan. */
export interface TrainingTask {
  readonly named: NamedLoss;
  readonly seed: number;
}

/** What the plan is made of. */
export interface Planned {
  readonly config: StudyConfig;
  readonly setup: { readonly losses: readonly NamedLoss[] };
}

/** Every loss with every seed. */
export const tasksOf = ({ config, setup }: Planned): TrainingTask[] =>
  setup.losses.flatMap((named) => config.training.seeds.map((seed) => ({ named, seed })));

/** Seeds of each loss where a study adds some until it is decided, and says no other number. */
const seedsUnlessSaid = 8;

/** How many seeds a loss is trained with at the most. */
export const mostSeeds = ({ training }: StudyConfig): number =>
  training.until === undefined
    ? training.seeds.length
    : Math.max(training.maxSeeds ?? seedsUnlessSaid, training.seeds.length);

/** Trainings of the plan, at the most. */
export const mostTrainings = ({ config, setup }: Planned): number => setup.losses.length * mostSeeds(config);

/** Where a training keeps its checkpoints, below `checkpoints/`. */
export const taskFolder = (loss: string, seed: number) => `${pathName(loss)}/seed-${seed}`;

const folder = ({ named, seed }: TrainingTask) => taskFolder(named.label, seed);

/** The rolling checkpoint that a training goes on from. */
export const latestName = (task: TrainingTask) => `${folder(task)}/latest`;

/** The epoch that the validation images chose. */
export const bestName = (task: TrainingTask) => `${folder(task)}/best`;

export const epochName = (task: TrainingTask, epoch: number) =>
  `${folder(task)}/epoch-${String(epoch).padStart(4, '0')}`;

/** The rolling checkpoint of a candidate for a learning rate; no loss's folder begins like it. */
export const candidateName = (loss: string, candidate: number) =>
  `@learning-rates/${pathName(loss)}/candidate-${candidate}`;

/** File name of a surface in `landscapes/`, without ending. */
export const surfaceName = ({ named, seed }: TrainingTask, epoch: number) =>
  `${pathName(named.label)}-seed-${seed}-epoch-${String(epoch).padStart(4, '0')}`;

/** Weights alone, for the path of a training. */
export const stationName = (task: TrainingTask, epoch: number) =>
  `${folder(task)}/station-${String(epoch).padStart(4, '0')}`;

/** Whether a checkpoint holds a whole state that a training can go on from. */
export const isState = (name: string) => !name.includes('/station-');

/** How many epochs a path is drawn through. */
const stations = 10;

/** Epochs that the path of a training is drawn through: more of the fast beginning. Only the first seed has one. */
export function stationEpochs({ landscape, training }: StudyConfig, seed: number): number[] {
  const wanted = landscape.enabled && landscape.maps && seed === training.seeds[0];
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
