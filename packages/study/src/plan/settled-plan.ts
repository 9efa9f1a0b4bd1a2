import type { Run } from '@segscape/runs';
import type { StudyConfig } from '../config/schema.js';
import type { EstimateFact } from '../events.js';
import type { TaskContext } from '../tasks/context.js';
import { durationOf, type Length, lengthOf, lengthWithin, type Pace, withLength } from './budget.js';
import { bytesOf, measuredPace } from './pace.js';
import { recordedJson } from './recorded-json.js';

const path = 'plan.json';

/** The length that a run began with; one that goes on keeps to it, on another machine, too. */
const recordedLength = (run: Run): Promise<Length | undefined> => recordedJson(run.storage, path);

/** The config of a run that has begun, with the length that its trainings have. */
export const withRecordedLength = async ({
  config,
  run,
}: Pick<TaskContext, 'config' | 'run'>): Promise<StudyConfig> =>
  withLength(config, (await recordedLength(run)) ?? plainLength(config));

/**
 * The config with the length of its trainings settled: from its budget and the pace that is measured here, or as the run
 * began with it.
 * @returns what all of it will take, too, where a run begins.
 */
export async function settledPlan(
  context: TaskContext,
  resume: boolean,
): Promise<{ readonly config: StudyConfig; readonly estimate?: EstimateFact }> {
  const { config, run } = context;
  const known = await recordedLength(run);
  if (known !== undefined || (resume && !needsPace(config)))
    return { config: await withRecordedLength(context) };
  const pace = await measuredPace(context);
  const length = settledLength(config, pace);
  if (needsPace(config)) await run.storage.write(path, JSON.stringify(length));
  return { config: withLength(config, length), estimate: estimateOf(context, length, pace) };
}

const needsPace = ({ training: { budget } }: StudyConfig) =>
  budget?.minutes !== undefined || budget?.steps !== undefined;

const plainLength = ({ training: { budget, epochs, repeats } }: StudyConfig): Length => ({
  epochs: budget?.epochs ?? epochs,
  repeats,
});

function settledLength(config: StudyConfig, pace: Pace): Length {
  const { minutes, steps } = config.training.budget ?? {};
  if (minutes !== undefined) return lengthWithin(minutes, pace);
  return steps === undefined ? plainLength(config) : lengthOf(steps, pace.pass);
}

const estimateOf = (context: TaskContext, length: Length, pace: Pace): EstimateFact => ({
  minutes: durationOf(length, pace) / 60_000,
  bytes: bytesOf(withLength(context.config, length), context),
  trainings: pace.trainings,
  steps: length.epochs * length.repeats * pace.pass,
  ...length,
  stepMs: pace.step,
});
