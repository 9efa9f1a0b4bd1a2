import { assertOptions, type JsonSchema, number } from '@segscape/core/schema';

// Lines that several optimisers share, each told once.

/** In code a schedule may stand here, too: a function of the step. */
export const learningRate = (standard?: number) =>
  number('Step width.', { ...(standard !== undefined && { default: standard }), minimum: 0 });

export const weightDecay = (standard = 0) =>
  number('Pull of the weights towards 0.', { default: standard, minimum: 0 });

/** A share of the past that a running mean keeps. */
export const decay = (description: string, standard: number) =>
  number(description, { default: standard, minimum: 0, exclusiveMaximum: 1 });

export const epsilon = number('Added to the root, so that nothing is divided by 0.', {
  default: 1e-8,
  exclusiveMinimum: 0,
});

/** Checks an optimiser's options; a schedule in place of a rate checks itself. */
export function assertRule(
  where: string,
  given: { readonly learningRate?: unknown },
  schema: JsonSchema,
): void {
  const plain = typeof given?.learningRate === 'function' ? { ...given, learningRate: 0 } : given;
  assertOptions(where, plain, schema);
}
