import { basename, resolve } from 'node:path';
import { SegscapeError } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import { openPredictor, type Predictor } from '@segscape/study';
import { assertOnlyWith } from '../only-with.js';
import { registryOf } from '../plugins.js';
import { runStorage } from '../run-storage.js';
import { type FileSegmenterOptions, fileSegmenter, isModelFile } from './file-segmenter.js';
import type { Segmenter } from './segmenter.js';

export interface RunSegmenterOptions {
  readonly loss?: string;
  readonly seed?: number;
  readonly fold?: number;
  readonly tta?: boolean;
  readonly ensemble?: string;
  readonly threshold?: number;
}

const sets = ['seeds', 'losses', 'folds', 'all'] as const;

/** `seeds`, `losses`, `folds`, `all`, or labels and numbers between commas. */
function ensembleOf(given: string): (typeof sets)[number] | string[] {
  return sets.find((name) => name === given) ?? given.split(',').map((item) => item.trim());
}

/** Whether networks of all of them are averaged, so that none is to be named. */
const takesEvery = (set: (typeof sets)[number], { ensemble }: RunSegmenterOptions) =>
  ensemble === set || ensemble === 'all';

const ofRuns = ['loss', 'seed', 'fold', 'ensemble'] as const;
const ofFiles = ['normalize', 'activation', 'classes', 'channels', 'network'] as const;

/** What a path leads to: the folder of a run, an ONNX file, or a file of weights. */
export async function openSegmenter(
  model: string,
  options: RunSegmenterOptions & FileSegmenterOptions,
  jit: JitOptions,
): Promise<Segmenter> {
  const isFile = isModelFile(model);
  const strange = (isFile ? ofRuns : ofFiles).find((name) => options[name] !== undefined);
  if (strange !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `predict: --${strange} is for ${isFile ? 'run folders' : 'files of a model'}; '${model}' is ${isFile ? 'such a file' : 'none: a run says it itself'}. Leave it out.`,
      { details: { option: strange } },
    );
  assertOnlyWith('predict', options, [
    [['seed'], 'one seed', !takesEvery('seeds', options)],
    [['loss'], 'one loss', !takesEvery('losses', options)],
    [['fold'], 'one fold', !takesEvery('folds', options)],
  ]);
  return isFile ? fileSegmenter('predict', model, options, jit) : runSegmenter(model, options, jit);
}

/** The networks of a run folder. */
async function runSegmenter(
  model: string,
  { loss, seed, fold, tta = false, ensemble, threshold }: RunSegmenterOptions,
  jit: JitOptions,
): Promise<Segmenter> {
  const storage = runStorage('predict', model);
  const predictor = await openPredictor(storage, {
    jit,
    registry: await registryOf(storage, resolve(model)),
    tta,
    threshold: threshold ?? 'validation',
    ...(ensemble !== undefined && { ensemble: ensembleOf(ensemble) }),
    ...(loss !== undefined && { loss }),
    ...(seed !== undefined && { seed }),
    ...(fold !== undefined && { fold }),
  });
  const { record, members, left, chosenBy } = predictor;
  return {
    classes: record.classes,
    ...(record.overlapping && { overlapping: true }),
    ...(record.volumes && { volumes: true }),
    ...(predictor.threshold && { threshold: predictor.threshold }),
    ...(record.pixelTypes && { pixelTypes: record.pixelTypes }),
    normalize: record.preprocessing?.normalize ?? 'scale',
    by: by(predictor),
    record: {
      run: basename(resolve(model)),
      networks: members,
      ...(ensemble === undefined ? { chosenBy } : { ensemble }),
      ...(left.length > 0 && { leftOut: left }),
      orientations: tta ? 8 : 1,
      tileWeights: 'gaussian',
      ...(record.preprocessing && { preprocessing: record.preprocessing }),
    },
    networks: predictor.networks,
    notes: left.map((one) => `the network of ${one.loss}, seed ${one.seed}, is left out: ${one.reason}`),
    predict: (...args) => predictor.predict(...args),
    dispose: () => predictor.dispose(),
  };
}

/** By which network, and why that one. */
function by({ loss, seed, epoch, chosenBy, members }: Predictor): string {
  if (members.length > 1)
    return `by ${members.length} networks averaged (${members.map((one) => `${one.loss}, seed ${one.seed}`).join('; ')})`;
  const why = {
    caller: '',
    validation: ', the best on the validation images',
    unfinished:
      ', the first of the run, which has not come to choose one (go on with it, or take another by --loss)',
    order: ', the first of the run, which had no validation images to choose by (--loss takes another)',
  }[chosenBy];
  return `by the network trained with ${loss}, seed ${seed}, epoch ${epoch}${why}`;
}
