import type { HistoryRow } from '@segscape/runs';
import type { ReportFacts } from '../facts.js';

/** More trainings than this are counted, not named. */
const named = 12;

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;

/** Epochs that every training is to have; undefined where the config gives steps or minutes. */
function plannedEpochs(config: unknown): number | undefined {
  const training = field(config, 'training');
  const epochs = field(field(training, 'budget'), 'epochs') ?? field(training, 'epochs');
  return typeof epochs === 'number' ? epochs : undefined;
}

/** How far each training has come that has not reached its last epoch. */
function trainingsBehind(
  { losses, seeds }: ReportFacts,
  history: readonly HistoryRow[],
  config: unknown,
): string[] {
  const last = new Map<string, number>();
  const key = (loss: string, seed: number) => JSON.stringify([loss, seed]);
  for (const { loss, seed, epoch, split } of history)
    if (split !== 'steps') last.set(key(loss, seed), Math.max(epoch, last.get(key(loss, seed)) ?? 0));
  const planned = plannedEpochs(config);
  const behind = losses.flatMap((loss) =>
    seeds.flatMap((seed) => {
      const epoch = last.get(key(loss, seed));
      if (epoch === undefined) return [`${loss} (seed ${seed}): not begun.`];
      if (planned === undefined) return [`${loss} (seed ${seed}): at epoch ${epoch}.`];
      return epoch < planned ? [`${loss} (seed ${seed}): epoch ${epoch} of ${planned}.`] : [];
    }),
  );
  const more = behind.length - named;
  return more > 0 ? [...behind.slice(0, named), `${more} more trainings.`] : behind;
}

/**
 * What a run that has not ended still owes its report, and how to have it.
 * @param facts of the run.
 * @param history of its trainings so far.
 * @param config of the run, parsed.
 * @returns a sentence each; none of a finished run.
 */
export function missingOf(facts: ReportFacts, history: readonly HistoryRow[], config: unknown): string[] {
  const { unfinished } = facts;
  if (unfinished === undefined) return [];
  const experiment =
    field(config, 'experiment') === undefined ? [] : ['The images that are trained on alone.'];
  const surfaces = field(field(config, 'landscape'), 'enabled') === false ? [] : ['Loss surfaces and maps.'];
  const training =
    unfinished === 'training'
      ? [...trainingsBehind(facts, history, config), 'Scores, tests and pictures of the test images.']
      : [];
  return [
    ...training,
    ...surfaces,
    ...experiment,
    'To have them: segscape run --resume --out FOLDER, with the folder of this run.',
  ];
}
