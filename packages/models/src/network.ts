import { assertOption, type Params, SegscapeError } from '@segscape/core';
import { clone, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { initialize } from './initialize.js';
import type { ParamSpec, Pass } from './layer.js';
import type { LayerSummary, Model, ModelConfig, ModelSummary, Size } from './model.js';
import type { ResolvedOptions } from './options.js';
import { inputSizeOf, outputSizeOf } from './sizes.js';

/** A stage of a network as `summary` shows it. */
export interface Stage {
  readonly name: string;
  readonly kind: string;
  readonly channels: number;
  readonly specs: readonly ParamSpec[];
  /** Length of its output along one axis, from the length of the images. */
  readonly length: (input: number) => number;
}

export interface NetworkParts {
  readonly name: string;
  readonly spatial: 2 | 3;
  readonly options: ResolvedOptions;
  readonly stages: readonly Stage[];
  /** Computes and names every feature in order; the last is `'logits'`. */
  readonly features: (images: Tensor, pass: Pass) => Generator<readonly [string, Tensor], void>;
  readonly taps: readonly string[];
}

/** The public face of a network made of stages: checks at the edge, tidies, and stops at a tap. */
export function network({ name, spatial, options, stages, features, taps }: NetworkParts): Model {
  const specs = stages.flatMap((stage) => stage.specs);
  const shapes = Object.fromEntries(specs.map((spec) => [spec.name, spec.shape]));
  const untrained = new Set(
    specs.filter(({ role }) => role === 'mean' || role === 'variance').map((spec) => spec.name),
  );
  const geometry = { name, depth: options.depth, padding: options.padding };

  const check = (params: Params, images: Tensor) => {
    const channels = images.shape[spatial + 1];
    if (images.rank !== spatial + 2 || channels !== options.inputChannels)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${name}: expected images [batch, ${spatial === 3 ? 'depth, ' : ''}height, width, ${options.inputChannels}], got [${images.shape.join(', ')}].`,
        { details: { images: images.shape } },
      );
    outputSizeOf(images.shape.slice(1, -1) as unknown as Size, geometry);
    for (const [key, shape] of Object.entries(shapes)) {
      const given = params[key]?.shape;
      if (given !== undefined && given.join() !== shape.join())
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `${name}: expected parameter '${key}' of shape [${shape.join(', ')}], got [${given.join(', ')}]. Were the weights made by another network?`,
          { details: { name: key, expected: shape, given } },
        );
    }
  };

  const until = (goal: string, images: Tensor, pass: Pass): Tensor => {
    for (const [feature, value] of features(images, pass)) if (feature === goal) return value;
    throw new SegscapeError(
      'BAD_OPTION',
      `${name}: no features '${goal}'; expected one of ${taps.join(', ')}.`,
    );
  };

  return {
    name,
    config: { name, ...options } satisfies ModelConfig,
    taps,
    shapes,
    init: (seed) => initialize(specs, options.initializer, seed),
    isTrainable: (key) => !untrained.has(key),
    apply(params, images, { tap = 'logits' } = {}) {
      assertOption(taps.includes(tap), name, 'tap', tap, `be one of ${taps.join(', ')}`);
      check(params, images);
      const pass: Pass = { params, training: false, seed: undefined, updates: {} };
      // The clone keeps a result that is a parameter or the input itself apart from the caller's tensor.
      return tidy(() => clone(until(tap, images, pass)));
    },
    forward(params, images, { training, seed }) {
      check(params, images);
      return tidy(() => {
        const pass: Pass = { params, training, seed, updates: {} };
        const logits = until('logits', images, pass);
        return { logits, updates: pass.updates };
      });
    },
    outputSize: (size) => outputSizeOf(size, geometry),
    inputSizeFor: (size) => inputSizeOf(size, geometry),
    summary(size): ModelSummary {
      const outputSize = outputSizeOf(size, geometry);
      const count = (list: readonly ParamSpec[]) =>
        list.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
      const layers: LayerSummary[] = stages.map(({ name: stage, kind, channels, specs: own, length }) => ({
        name: stage,
        kind,
        shape: [...size.map(length), channels],
        parameters: count(own),
      }));
      return {
        layers,
        parameters: count(specs),
        trainable: count(specs.filter((spec) => !untrained.has(spec.name))),
        inputSize: [...size],
        outputSize: [...outputSize],
      };
    },
  };
}
