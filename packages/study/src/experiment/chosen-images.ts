import { type Sample, SegscapeError, unknownName } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import type { StudyConfig } from '../config/schema.js';
import { isOf } from '../overlapping/label-planes.js';
import { comparedLosses, type Setup } from '../setup.js';

type DataPart = 'train' | 'validation' | 'test';

/** An image of the experiment. */
export interface ChosenImage {
  readonly id: string;
  readonly part: DataPart;
  readonly index: number;
  /** Share of its pixels, but void ones, that are of the foreground, in [0, 1]. */
  readonly foreground: number;
  /** What it was chosen by, where no id was given. */
  readonly rule?: 'little' | 'much';
}

/** Share of the foreground among the pixels that something is known of. */
function shareOf({ mask }: Sample, { classes, overlapping, foreground, ignoreIndex }: Choosing): number {
  const c = classes.indexOf(foreground);
  let known = 0;
  let own = 0;
  for (const label of mask.data) {
    if (label === ignoreIndex) continue;
    known++;
    if (overlapping ? isOf(label, c) : label === c) own++;
  }
  return known === 0 ? 0 : own / known;
}

/** What choosing needs of a setup. */
export type Choosing = Pick<
  Setup,
  'classes' | 'overlapping' | 'foreground' | 'ignoreIndex' | 'train' | 'validation' | 'test'
>;

async function allImages(setup: Choosing): Promise<ChosenImage[]> {
  const found: ChosenImage[] = [];
  for (const part of ['train', 'validation', 'test'] as const) {
    const dataset: Dataset = setup[part];
    for (let index = 0; index < dataset.length; index++) {
      const sample = await dataset.get(index);
      found.push({ id: sample.id, part, index, foreground: shareOf(sample, setup) });
    }
  }
  return found;
}

/** The training image of the least or the most foreground, of those that have any; the first of equal ones. */
function byRule(all: readonly ChosenImage[], rule: 'little' | 'much', foreground: string): ChosenImage {
  const having = all.filter((image) => image.part === 'train' && image.foreground > 0);
  const [first] = having;
  if (first === undefined)
    throw new SegscapeError(
      'BAD_CONFIG',
      `config: experiment.images asks for the training image with ${rule} '${foreground}', and none has any. Name an image by its id.`,
      { details: { option: 'experiment.images', value: rule } },
    );
  const more = (a: ChosenImage, b: ChosenImage) =>
    rule === 'much' ? b.foreground > a.foreground : b.foreground < a.foreground;
  return { ...having.reduce((best, image) => (more(best, image) ? image : best), first), rule };
}

/**
 * The images that a config's experiment is about, each once.
 * @param experiment of the config.
 * @param setup whose images they are among: all parts for ids, the training images for a rule.
 * @throws {SegscapeError} `BAD_CONFIG` for an id that no image has, or a rule that none meets.
 */
async function chosenImages(
  experiment: NonNullable<StudyConfig['experiment']>,
  setup: Choosing,
): Promise<ChosenImage[]> {
  const all = await allImages(setup);
  const chosen = new Map<string, ChosenImage>();
  for (const asked of experiment.images) {
    const found =
      typeof asked === 'string'
        ? all.find(({ id }) => id === asked)
        : byRule(all, asked.foreground, setup.foreground);
    if (found === undefined) {
      const { question } = unknownName(
        String(asked),
        all.map(({ id }) => id),
      );
      throw new SegscapeError(
        'BAD_CONFIG',
        `config: experiment.images names '${String(asked)}', and none of the ${all.length} images is called so. ${question.trim() || `The first is '${all[0]?.id}'.`}`,
        { details: { option: 'experiment.images', value: asked } },
      );
    }
    if (!chosen.has(found.id)) chosen.set(found.id, found);
  }
  return [...chosen.values()];
}

/**
 * Everything about an experiment that can be wrong, before anything is trained.
 * @returns its images; none where the config asks for no experiment.
 * @throws {SegscapeError} `BAD_CONFIG`.
 */
export async function checkedExperiment(
  { experiment }: StudyConfig,
  setup: Choosing & Pick<Setup, 'models'>,
): Promise<readonly ChosenImage[]> {
  if (experiment === undefined) return [];
  const { from } = experiment;
  const labels = comparedLosses(setup).map(({ label }) => label);
  if (from !== 'initial' && !labels.includes(from.loss)) {
    const { question } = unknownName(from.loss, labels);
    throw new SegscapeError(
      'BAD_CONFIG',
      `config: experiment.from.loss (='${from.loss}') is the label of no loss of this study. ${question}There are: ${labels.join(', ')}.`,
      { details: { option: 'experiment.from.loss', value: from.loss } },
    );
  }
  return chosenImages(experiment, setup);
}
