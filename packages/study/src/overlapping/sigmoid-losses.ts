import { isRecord, SegscapeError } from '@segscape/core';
import type { JsonSchema } from '@segscape/core/schema';
import { type LossFn, lossSchemas } from '@segscape/losses';
import { schemesOf, weightSchemes } from '../class-weights.js';
import type { StudyConfig } from '../config/schema.js';
import type { Options } from '../kinds/kind.js';
import type { StudyRegistry } from '../kinds/registry.js';

type LossOptions = Options & { readonly kind: string };

const takesSigmoid = (schema: JsonSchema | undefined): boolean =>
  schema?.properties?.activation?.enum?.includes('sigmoid') === true;

/** Losses that look at each class for itself without being told to. */
const always = ['binaryCrossEntropy'];

/** Losses that take others. */
const combiners = ['weightedSum', 'pixelWeighted'];

/** Their maps are of class indices. */
const needMaps = ['boundary', 'hausdorff', 'skeletonRecall', 'blobDice'];

/** Kinds of losses that can look at each class for itself. */
export const overlappingLosses = (): string[] =>
  Object.entries(lossSchemas)
    .filter(([kind, schema]) => always.includes(kind) || (takesSigmoid(schema) && !needMaps.includes(kind)))
    .map(([kind]) => kind);

function refuse(label: string, why: string): never {
  throw new SegscapeError(
    'BAD_CONFIG',
    `config: the loss '${label}' cannot train classes that overlap (data.overlapping): ${why}. Those that can: ${overlappingLosses().join(', ')}, and sums of them.`,
    { details: { label } },
  );
}

/**
 * The options of a loss for classes that overlap: each class by its own sigmoid, parts of sums included.
 * @throws {SegscapeError} `BAD_CONFIG` naming the loss that compares classes which exclude each other.
 */
export function forOverlapping(
  label: string,
  options: LossOptions,
  registry: Pick<StudyRegistry, 'losses'>,
): LossOptions {
  const kind = String(options.kind ?? options.name);
  const { terms, loss, activation } = options;
  if (combiners.includes(kind)) {
    const inner = (part: unknown) => forOverlapping(label, part as LossOptions, registry);
    return {
      ...options,
      ...(Array.isArray(terms) && {
        terms: terms.map((term: unknown) =>
          isRecord(term) && isRecord(term.loss) ? { ...term, loss: inner(term.loss) } : term,
        ),
      }),
      ...(isRecord(loss) && { loss: inner(loss) }),
    };
  }
  if (always.includes(kind)) return options;
  const own = Object.hasOwn(registry.losses, kind) ? registry.losses[kind] : undefined;
  // A loss of one's own is given planes, and knows best what to make of them.
  if (own !== undefined && !takesSigmoid(own.schema)) return options;
  const schema = own?.schema ?? (lossSchemas as Readonly<Record<string, JsonSchema>>)[kind];
  if (!takesSigmoid(schema)) refuse(label, `${kind} compares classes that exclude each other`);
  if (activation !== undefined && activation !== 'sigmoid')
    refuse(label, `activation: ${String(activation)} of ${kind} makes them exclude each other; leave it out`);
  // No class is the background here: where the first one does not count unless asked, it is asked for.
  const whole = schema?.properties?.includeBackground?.default === false && { includeBackground: true };
  return { ...whole, ...options, activation: 'sigmoid' };
}

/** Lets no loss through whose weights are to be counted. @throws {SegscapeError} `BAD_CONFIG`. */
export function assertNumbers(losses: StudyConfig['losses']): void {
  for (const { kind, label = kind, ...options } of losses)
    if (schemesOf([options]).length > 0)
      refuse(
        label,
        `classWeights ${weightSchemes.join(', ')} weigh classes that share the pixels among them; give numbers`,
      );
}

/** Lets no loss through whose maps are made of class indices. @throws {SegscapeError} `BAD_CONFIG`. */
export function assertWithoutMaps(label: string, loss: LossFn): void {
  if (loss.prepare !== undefined)
    refuse(label, `what ${loss.name} prepares (distances, skeletons, objects, weights) is of class indices`);
}
