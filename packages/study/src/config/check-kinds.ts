import { type JsonSchema, problemText, schemaProblem } from '@segscape/core/schema';
import { unknownScheme, weightSchemes } from '../class-weights.js';
import type { Maker } from '../kinds/kind.js';
import { lossMakers, type StudyRegistry, unknownKind } from '../kinds/registry.js';
import { unknownKeyText } from './explain.js';
import { type ConfigFault, makingFaults, weighed } from './making-faults.js';
import type { StudyConfig } from './schema.js';

interface Place {
  readonly path: readonly PropertyKey[];
  readonly what: string;
  readonly makers: Readonly<Record<string, Maker<unknown>>>;
  readonly given: Readonly<Record<string, unknown>> & { readonly kind: string };
  /** Options that the study itself takes there. */
  readonly own: readonly string[];
}

/** Options of data that the study itself takes. */
const studyOptions = [
  'split',
  'splitSeed',
  'crop',
  'maxPixels',
  'normalize',
  'clahe',
  'foreground',
  'overlapping',
  'maskOffset',
];

function* placesOf(config: StudyConfig, registry: StudyRegistry): Generator<Place> {
  const { data, model, models, augment, losses, training, measures } = config;
  const at = (
    path: readonly PropertyKey[],
    what: string,
    makers: Place['makers'],
    given: Place['given'],
    own: readonly string[] = [],
  ): Place => ({ path, what, makers, given, own });
  yield at(['data'], 'data', registry.data, data, studyOptions);
  for (const [i, transform] of augment.entries())
    yield at(['augment', i], 'transform', registry.transforms, transform, ['probability']);
  if (models === undefined) yield at(['model'], 'model', registry.models, model);
  for (const [i, each] of (models ?? []).entries())
    yield at(['models', i], 'model', registry.models, each, ['label']);
  const { optimizer } = training;
  yield at(['training', 'optimizer'], 'optimizer', registry.optimizers, optimizer, ['schedule', 'clipNorm']);
  const { schedule } = optimizer as { schedule?: unknown };
  if (schedule !== undefined)
    yield at(
      ['training', 'optimizer', 'schedule'],
      'schedule',
      registry.schedules,
      typeof schedule === 'object' && schedule !== null && 'kind' in schedule
        ? (schedule as Place['given'])
        : { kind: String(schedule) },
    );
  for (const [i, loss] of losses.entries())
    yield at(['losses', i], 'loss', lossMakers(registry), weighed(loss), ['label', 'learningRate']);
  for (const [i, measure] of measures.entries())
    yield at(['measures', i], 'measure', registry.measures, measure);
}

/** The options that go to a kind, and the schema with the study's own beside them, for "did you mean". */
function* faultsAt({ path, what, makers, given, own }: Place): Generator<ConfigFault> {
  const { kind, ...all } = given;
  const unknown = unknownKind(makers, what, kind);
  if (unknown !== undefined) {
    yield { path, key: 'kind', message: unknown };
    return;
  }
  const { schema } = makers[kind]!;
  if (schema === undefined) return;
  const beside = Object.fromEntries(own.map((name) => [name, {}]));
  // What is missing may still come from the command line; the kind itself asks for it.
  const { required: _, ...form } = schema;
  const whole: JsonSchema = { ...form, properties: { ...beside, ...schema.properties } };
  const problem = schemaProblem(all, whole);
  if (problem === undefined) return;
  const [key] = problem.path;
  yield {
    path,
    ...(key !== undefined && { key: String(key) }),
    message: problem.unknown
      ? unknownKeyText([...path, ...problem.path], Object.keys(whole.properties!), ` of ${what} '${kind}'`)
      : `${what} '${kind}': ${problemText(problem)}.`,
  };
}

/** Seeds that could never settle anything. */
function* seedFaults({ training, losses, models = [] }: StudyConfig): Generator<ConfigFault> {
  const { until, maxSeeds, seeds } = training;
  const at = (key: string, message: string) => ({ path: ['training'], key, message });
  if (until === undefined && maxSeeds !== undefined)
    yield at(
      'maxSeeds',
      'training.maxSeeds is for training.until: decided; give that, too, or leave it out.',
    );
  if (until !== undefined && losses.length < 2 && models.length < 2)
    yield at('until', 'training.until: decided compares losses, and there is one. Give another loss.');
  if (maxSeeds !== undefined && maxSeeds < seeds.length)
    yield at('maxSeeds', `training.maxSeeds (=${maxSeeds}) is less than the ${seeds.length} training.seeds.`);
}

/** What one network can have, and several cannot. */
function* modelFaults({ models, training }: StudyConfig): Generator<ConfigFault> {
  if (models === undefined || training.initialise === undefined) return;
  const message =
    'training.initialise gives the weights of one network, and models compares several. Leave it out, or give model.';
  yield { path: ['training'], key: 'initialise', message };
}

/** What would choose by images that other folds test on. */
function* foldFaults({ data: { split }, training }: StudyConfig): Generator<ConfigFault> {
  const inFolds = typeof split === 'object' && 'folds' in split;
  if (!inFolds || typeof training.learningRate !== 'object') return;
  const message =
    'training.learningRate.search chooses by validation images, which other folds of data.split.folds test on. Give one rate, for instance that of a study with a split of its own, or the losses theirs.';
  yield { path: ['training'], key: 'learningRate', message };
}

/** Kinds that the registry does not have, options that they do not know, and values that they refuse. */
export function kindFaults(config: StudyConfig, registry: StudyRegistry): ConfigFault[] {
  const weights = config.losses.flatMap((loss, i): ConfigFault[] => {
    const unknown = unknownScheme(loss);
    if (unknown === undefined) return [];
    const message = `loss '${loss.kind}': classWeights (='${unknown}') must be numbers, one for each class, or one of ${weightSchemes.join(', ')}.`;
    return [{ path: ['losses', i], key: 'classWeights', message }];
  });
  if (weights.length > 0) return weights;
  const faults = [...placesOf(config, registry)].flatMap((place) => [...faultsAt(place)]);
  const found = new Set(faults.map(({ path }) => path.join('.')));
  const made = [...makingFaults(config, registry)].filter(({ path }) => !found.has(path.join('.')));
  return [...faults, ...seedFaults(config), ...foldFaults(config), ...modelFaults(config), ...made];
}
