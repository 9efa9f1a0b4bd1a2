import { isSegscapeError } from '@segscape/core';
import { withClassWeights } from '../class-weights.js';
import { measureKinds } from '../kinds/measure-kinds.js';
import { modelKinds } from '../kinds/model-kinds.js';
import { makeLoss, type StudyRegistry } from '../kinds/registry.js';
import { transformKinds } from '../kinds/transform-kinds.js';
import { optimizerOf } from '../plan/optimizer.js';
import type { StudyConfig } from './schema.js';

/** Something wrong at a place of a config; `key` is the entry of the map there. */
export interface ConfigFault {
  readonly path: readonly PropertyKey[];
  readonly key?: string;
  readonly message: string;
}

/** A loss with numbers where the weights of classes are still to be counted. */
export const weighed = <T>(loss: T): T => withClassWeights(loss, () => [1, 1]);

/** What making something refuses, at its option's line where the config gives that. */
function refusal(
  path: readonly PropertyKey[],
  given: Readonly<Record<string, unknown>>,
  make: () => unknown,
): ConfigFault | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    if (!isSegscapeError(error)) throw error;
    const { option = 'kind' } = error.details as { readonly option?: string };
    const message = error.message.replace(/^(?:config|\w+FromConfig): /, '');
    return { path, key: Object.hasOwn(given, option) ? option : 'kind', message };
  }
}

/**
 * What only making a thing finds: options that do not go together, a part of a sum that is not known. Made once here, so that it
 * is said before any data are read. A user's own kinds may be costly to make, and check themselves when they are.
 */
export function* makingFaults(config: StudyConfig, registry: StudyRegistry): Generator<ConfigFault> {
  for (const fault of refusals(config, registry)) if (fault !== undefined) yield fault;
}

function* refusals(config: StudyConfig, registry: StudyRegistry): Generator<ConfigFault | undefined> {
  const { augment, losses, measures, model, models, training } = config;
  const made = (
    path: readonly PropertyKey[],
    own: typeof modelKinds | typeof transformKinds | typeof measureKinds,
    makers: StudyRegistry['models' | 'transforms' | 'measures'],
    { kind, ...given }: { readonly kind: string },
  ) =>
    Object.hasOwn(makers, kind) && makers[kind] === own[kind]
      ? refusal(path, given, () => makers[kind]!(given))
      : undefined;
  for (const [i, { probability: _, ...transform }] of augment.entries())
    yield made(['augment', i], transformKinds, registry.transforms, transform);
  for (const [i, measure] of measures.entries())
    yield made(['measures', i], measureKinds, registry.measures, measure);
  // Channels and classes come from the data; any are as good to find what does not go together.
  const sized = <T extends object>(network: T) => ({ inputChannels: 3, classes: 2, ...network });
  if (models === undefined) yield made(['model'], modelKinds, registry.models, sized(model));
  for (const [i, { label: _, ...network }] of (models ?? []).entries())
    yield made(['models', i], modelKinds, registry.models, sized(network as { kind: string }));
  yield refusal(['training', 'optimizer'], training.optimizer, () => optimizerOf(config, registry, 2));
  for (const [i, { label: _, learningRate: __, ...loss }] of losses.entries())
    if (!Object.hasOwn(registry.losses, loss.kind))
      yield refusal(['losses', i], loss, () => makeLoss(registry, weighed(loss)));
}
