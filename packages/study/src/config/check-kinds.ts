import { isSegscapeError, nearestWord } from '@segscape/core';
import { optimizerOf } from '../plan/optimizer.js';
import { type Maker, makeLoss, type StudyRegistry, unknownKind } from '../registry.js';
import type { StudyConfig } from './schema.js';

/** Something wrong at a place of a config; `key` is the entry of the map there. */
export interface ConfigFault {
  readonly path: readonly PropertyKey[];
  readonly key?: string;
  readonly message: string;
}

interface Place {
  readonly path: readonly PropertyKey[];
  readonly what: string;
  readonly makers: Readonly<Record<string, Maker<unknown>>>;
  readonly kind: string;
  readonly options: readonly string[];
  /** Options that the study itself takes there. */
  readonly own: readonly string[];
}

function* placesOf(
  { data, model, augment, training }: StudyConfig,
  registry: StudyRegistry,
): Generator<Place> {
  const at = (
    path: readonly PropertyKey[],
    what: string,
    makers: Place['makers'],
    given: { readonly kind: string },
    own: readonly string[] = [],
  ): Place => ({ path, what, makers, kind: given.kind, options: Object.keys(given), own: ['kind', ...own] });
  yield at(['data'], 'data', registry.data, data, ['split', 'splitSeed', 'crop', 'maxPixels']);
  for (const [i, transform] of augment.entries())
    yield at(['augment', i], 'transform', registry.transforms, transform, ['probability']);
  yield at(['model'], 'model', registry.models, model);
  yield at(['training', 'optimizer'], 'optimizer', registry.optimizers, training.optimizer, [
    'schedule',
    'clipNorm',
  ]);
}

function* faultsAt({ path, what, makers, kind, options, own }: Place): Generator<ConfigFault> {
  const unknown = unknownKind(makers, what, kind);
  if (unknown !== undefined) {
    yield { path, key: 'kind', message: unknown };
    return;
  }
  const { known } = makers[kind]!;
  if (known === undefined) return;
  const all = [...own, ...known];
  for (const key of options.filter((option) => !all.includes(option))) {
    const meant = nearestWord(key, all);
    const advice = meant === undefined ? `Known here: ${all.join(', ')}.` : `Did you mean '${meant}'?`;
    yield { path, key, message: `unknown key '${[...path, key].join('.')}' of ${what} '${kind}'. ${advice}` };
  }
}

function* lossFaults({ losses }: StudyConfig, registry: StudyRegistry): Generator<ConfigFault> {
  for (const [i, given] of losses.entries()) {
    const { label: _, ...options } = typeof given === 'string' ? { name: given, label: undefined } : given;
    // A user's own loss may be costly to make, and checks itself when it is.
    if (Object.hasOwn(registry.losses, options.name)) continue;
    try {
      makeLoss(registry, options);
    } catch (error) {
      if (!isSegscapeError(error)) throw error;
      const named = Object.keys(options).find((key) => error.message.includes(`${options.name}.${key} `));
      const key = named ?? 'name';
      yield { path: ['losses', i], key, message: error.message.replace(/^lossFromConfig: /, '') };
    }
  }
}

/** Values that an optimiser or schedule refuses: made once here, so that it is said before any training. */
function* optimizerFaults(config: StudyConfig, registry: StudyRegistry): Generator<ConfigFault> {
  try {
    optimizerOf(config, registry, 1);
  } catch (error) {
    if (!isSegscapeError(error)) throw error;
    const given = Object.keys(config.training.optimizer);
    const key = given.find((name) => error.message.includes(name)) ?? 'kind';
    yield { path: ['training', 'optimizer'], key, message: error.message.replace(/^config: /, '') };
  }
}

/** Kinds that the registry does not have, options that their makers do not know, and values that they refuse. */
export function kindFaults(config: StudyConfig, registry: StudyRegistry): ConfigFault[] {
  const faults = [...placesOf(config, registry)].flatMap((place) => [...faultsAt(place)]);
  const known = !faults.some(({ path }) => path[1] === 'optimizer');
  return [...faults, ...(known ? optimizerFaults(config, registry) : []), ...lossFaults(config, registry)];
}
