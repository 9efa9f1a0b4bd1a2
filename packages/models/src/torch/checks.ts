import { type Params, SegscapeError, sameShape } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Model } from '../model.js';
import type { TorchLayout } from './layout.js';
import { foreignNetworks } from './other-networks.js';

/**
 * Why a known network's weights are not this model's, or the model's not that network's: shapes cannot tell in which order an expanding
 * step joins its channels; names can.
 */
export function layoutProblem(
  where: 'fromTorch' | 'toTorch',
  model: Model,
  layout: TorchLayout | undefined,
): SegscapeError | undefined {
  if (layout === undefined) return undefined;
  const { name, config } = model;
  const comes = where === 'fromTorch';
  const known = comes ? `these weights are of ${layout.name}` : `layout '${layout.key}' is of ${layout.name}`;
  if (!layout.fits(model))
    return new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: ${known}, and ${name} computes something else. Make the model with ${layout.make}.`,
      { details: { layout: layout.name, expected: layout.make, given: name } },
    );
  const { join = 'upsampled-first' } = config;
  if (name === 'basicUnet' || join === layout.join) return undefined;
  return new SegscapeError(
    'BAD_OPTION',
    `${where}: ${known}, which joins ${
      layout.join === 'skip-first' ? 'the skipped maps before' : 'the upsampled maps before'
    } the others; ${
      comes
        ? `${name} with join '${join}' would take them`
        : `it would take the weights of ${name} with join '${join}'`
    } and give wrong logits. Make the model with join: '${layout.join}'.`,
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

/**
 * Biases that the state dict has beside kernels of ours that have none, since normalisation follows: by the running mean that they move.
 * One that no normalisation takes off again is none of these: it would be lost.
 */
export function convolutionBiases(stateDict: Params, { shapes }: Model, nameOf: (name: string) => string) {
  const biases = new Map<string, { theirs: string; value: Tensor }>();
  for (const name of Object.keys(shapes)) {
    const norm = name
      .replace(/\.conv\.(\d+)\.kernel$/, '.norm.$1')
      .replace(/\.shortcut\.kernel$/, '.shortcut.norm');
    const isBare = !Object.hasOwn(shapes, name.replace(/\.kernel$/, '.bias'));
    if (norm === name || !isBare || !Object.hasOwn(shapes, `${norm}.scale`)) continue;
    const theirs = nameOf(name).replace(/[^.]+$/, 'bias');
    const value = Object.hasOwn(stateDict, theirs) ? stateDict[theirs] : undefined;
    if (value && sameShape(value.shape, shapes[`${norm}.scale`]!))
      biases.set(`${norm}.mean`, { theirs, value });
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
