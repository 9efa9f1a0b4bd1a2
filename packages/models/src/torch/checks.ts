import { type Params, SegscapeError } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Model } from '../model.js';
import type { TorchLayout } from './layout.js';
import { foreignNetworks } from './other-networks.js';

/** Why a known network's weights are not this model's: shapes cannot tell in which order an expanding step joins its channels; names can. */
export function layoutProblem(model: Model, layout: TorchLayout | undefined): SegscapeError | undefined {
  if (layout === undefined) return undefined;
  const { name, config } = model;
  if (!layout.fits(model))
    return new SegscapeError(
      'SHAPE_MISMATCH',
      `fromTorch: these weights are of ${layout.name}, and ${name} computes something else. Make the model with ${layout.make}.`,
      { details: { layout: layout.name, expected: layout.make, given: name } },
    );
  const { join = 'upsampled-first' } = config;
  if (name === 'basicUnet' || join === layout.join) return undefined;
  return new SegscapeError(
    'BAD_OPTION',
    `fromTorch: these weights are of ${layout.name}, which joins ${
      layout.join === 'skip-first' ? 'the skipped maps before' : 'the upsampled maps before'
    } the others; ${name} with join '${join}' would take them and give wrong logits. Make the model with join: '${layout.join}'.`,
    { details: { layout: layout.name, expected: layout.join, given: config.join } },
  );
}

/** A network that is known and that none of ours computes is refused with what is different, not with the first name that is missing. */
export function assertOurs(names: readonly string[], { name }: Model): void {
  const network = foreignNetworks.find((one) => one.recognises(names));
  if (network === undefined) return;
  const reasons = network.parts.filter((part) => !part.same && names.some((one) => part.names.test(one)));
  const shown = reasons.map(
    ({ names: pattern, what }) => `'${names.find((one) => pattern.test(one))}' is ${what}`,
  );
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `fromTorch: these weights are of ${network.name}, which ${name} does not compute: ${shown.slice(0, 3).join('; ')}. ` +
      `${network.advice} compareTorch says it layer by layer.`,
    { details: { layout: network.name, differences: shown } },
  );
}

/** Biases that the state dict has beside kernels of ours that have none, since normalisation follows: ours → theirs. */
export function convolutionBiases(stateDict: Params, { shapes }: Model, nameOf: (name: string) => string) {
  const biases = new Map<string, { theirs: string; value: Tensor }>();
  for (const name of Object.keys(shapes)) {
    const bias = name.replace(/\.kernel$/, '.bias');
    if (bias === name || Object.hasOwn(shapes, bias)) continue;
    const theirs = nameOf(name).replace(/[^.]+$/, 'bias');
    if (Object.hasOwn(stateDict, theirs)) biases.set(bias, { theirs, value: stateDict[theirs]! });
  }
  return biases;
}

/** A bias before a normalisation over more than its own channel changes the result: there is no parameter to hold it. */
export function assertBiases({ name, config }: Model, theirs: readonly string[]): void {
  if (theirs.length === 0 || config.norm !== 'group') return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `fromTorch: the weights have '${theirs[0]}', a bias before a group normalisation, and ${name} has none there. These weights cannot be taken over.`,
    { details: { names: theirs } },
  );
}
