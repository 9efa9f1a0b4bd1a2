import { resolve } from 'node:path';
import { isSegscapeError, SegscapeError } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import type { JitOptions } from '@segscape/jit';
import {
  type KnownNetwork,
  ofClass,
  openPredictor,
  type Predictor,
  type ProbabilityMaps,
  predictedMaps,
  readModelRecord,
} from '@segscape/study';
import { registryOf } from '../plugins.js';
import { type FileSegmenterOptions, fileSegmenter, isModelFile, isOnnx } from '../predict/file-segmenter.js';
import { runStorage } from '../run-storage.js';

/** A model of the command line. */
export interface GivenModel {
  /** What it is called; of a run each network is called by it and its loss, or by its loss alone where it is undefined. */
  readonly name: string | undefined;
  readonly path: string;
}

/** What models make of images that they never saw, and the networks themselves, by name. */
export interface JudgedModels {
  readonly maps: Readonly<Record<string, ProbabilityMaps>>;
  readonly networks: Readonly<Record<string, KnownNetwork>>;
  readonly notes: readonly string[];
  dispose(): Promise<void>;
}

interface Judging {
  readonly images: Dataset;
  readonly truth: Dataset;
  /** Which of classes that overlap is judged. */
  readonly of: string | undefined;
  /** How files of a model are read. */
  readonly reading: FileSegmenterOptions;
  readonly jit: JitOptions;
  readonly signal: AbortSignal;
}

/** One network, by its name. */
interface Opened {
  readonly name: string;
  readonly maps: ProbabilityMaps;
  readonly networks: readonly KnownNetwork[];
}

/**
 * Opens the models of a judgement: files, and of runs the first network of each loss; one that was not trained to its end is told
 * of.
 * @throws {SegscapeError} `BAD_OPTION` for two of one name, and for classes that are not the truth's.
 */
export async function openModels(given: readonly GivenModel[], judging: Judging): Promise<JudgedModels> {
  assertUsed(given, judging.reading);
  const opened: Opened[] = [];
  const notes: string[] = [];
  const endings: (() => Promise<void>)[] = [];
  const dispose = async () => {
    for (const end of endings) await end();
  };
  try {
    for (const { name, path } of given)
      opened.push(
        ...(isModelFile(path)
          ? [await fileOf(name ?? path, path, judging, endings)]
          : await networksOf(name, path, judging, { endings, notes })),
      );
    const twice = opened.find((one, i) => opened.findIndex(({ name }) => name === one.name) < i);
    if (twice !== undefined)
      throw new SegscapeError(
        'BAD_OPTION',
        `judge: two networks are called '${twice.name}'. Name the models: --model a=PATH b=PATH.`,
        { details: { option: 'model', value: twice.name } },
      );
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    maps: Object.fromEntries(opened.map(({ name, maps }) => [name, maps])),
    networks: Object.fromEntries(
      opened.flatMap(({ name, networks }) => networks.slice(0, 1).map((network) => [name, network])),
    ),
    notes,
    dispose,
  };
}

/** What is said of a kind of file that is not there was meant for something else. */
function assertUsed(given: readonly GivenModel[], { network, channels }: FileSegmenterOptions): void {
  const files = given.filter(({ path }) => isModelFile(path));
  const [option, what] =
    network !== undefined && files.every(({ path }) => isOnnx(path))
      ? ['network', 'files of weights alone']
      : channels !== undefined && !files.some(({ path }) => isOnnx(path))
        ? ['channels', '.onnx files']
        : [];
  if (option === undefined) return;
  throw new SegscapeError(
    'BAD_OPTION',
    `judge: --${option} is for ${what}, and --model has none. Leave it out.`,
    { details: { option } },
  );
}

async function fileOf(
  name: string,
  path: string,
  { images, truth, of, reading, jit, signal }: Judging,
  endings: (() => Promise<void>)[],
): Promise<Opened> {
  const { network, channels, ...shared } = reading;
  const own = isOnnx(path)
    ? { ...shared, ...(channels && { channels }) }
    : { ...shared, ...(network && { network }) };
  const segmenter = await fileSegmenter('judge', path, own, jit);
  endings.push(() => segmenter.dispose());
  const { classes, overlapping = false, networks } = segmenter;
  const judged = judgedClass(of, classes, overlapping);
  if (!overlapping) assertClasses(`'${name}'`, classes, truth.classes);
  return {
    name,
    maps: predictedMaps(segmenter, images, signal, judged),
    networks: judgedOf(networks, judged),
  };
}

async function networksOf(
  name: string | undefined,
  path: string,
  { images, truth, of, jit, signal }: Judging,
  { endings, notes }: { readonly endings: (() => Promise<void>)[]; readonly notes: string[] },
): Promise<Opened[]> {
  const storage = runStorage('judge', path);
  const { classes, losses, overlapping = false } = await readModelRecord(storage);
  const judged = judgedClass(of, classes, overlapping);
  if (!overlapping) assertClasses('the run', classes, truth.classes);
  const registry = await registryOf(storage, resolve(path));
  const opened: Opened[] = [];
  for (const loss of losses) {
    let predictor: Predictor;
    try {
      predictor = await openPredictor(storage, { loss, jit, registry });
    } catch (error) {
      if (!isSegscapeError(error, 'NOT_FOUND')) throw error;
      notes.push(`'${loss}' was not trained to its end and is left out`);
      continue;
    }
    endings.push(() => predictor.dispose());
    opened.push({
      name: name === undefined ? loss : `${name} ${loss}`,
      maps: predictedMaps(predictor, images, signal, judged),
      networks: judgedOf(predictor.networks, judged),
    });
  }
  return opened;
}

/** Networks whose classes overlap as ones of the judged class alone. */
const judgedOf = (networks: readonly KnownNetwork[], of: number | undefined) =>
  of === undefined ? networks : networks.map((network) => ofClass(network, of));

/** Names may differ; what is not the same number cannot be the same classes. */
function assertClasses(what: string, own: readonly string[], truth: readonly string[]): void {
  if (own.length === truth.length) return;
  throw new SegscapeError(
    'BAD_OPTION',
    `judge: ${what} tells ${own.length} classes apart (${own.join(', ')}), the truth has ${truth.length} (${truth.join(', ')}). Give --classes and --mask-values as the network was trained.`,
    { details: { run: own, truth } },
  );
}
/** Which class of a run is judged: of those that overlap one, of those that exclude each other all. */
function judgedClass(
  of: string | undefined,
  classes: readonly string[],
  overlapping: boolean,
): number | undefined {
  const known = classes.join(', ');
  if (overlapping && (of === undefined || !classes.includes(of)))
    throw new SegscapeError(
      'BAD_OPTION',
      `judge: the classes of the run overlap, so that they are judged one by one; --class was ${of === undefined ? 'not given' : `'${of}'`}. Name one of ${known}, with --truth of that class alone.`,
      { details: { option: 'class', value: of, classes } },
    );
  if (!overlapping && of !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `judge: --class is for runs whose classes overlap; those of this run exclude each other (${known}) and are judged together. Leave it out.`,
      { details: { option: 'class', value: of, classes } },
    );
  return of === undefined ? undefined : classes.indexOf(of);
}
