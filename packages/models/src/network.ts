import { assertOption, isTensor, type Params, SegscapeError, sameShape, sizeOf } from '@segscape/core';
import { clone, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { initialize } from './initialize.js';
import type { ParamSpec, Pass } from './layer.js';
import type { LayerSummary, Model, ModelConfig, ModelSummary, Size } from './model.js';
import type { Initializer } from './options.js';
import { type Sizes, sizesOf } from './sizes.js';

/** A stage of a network as `summary` shows it. */
export interface Stage {
  readonly name: string;
  readonly kind: string;
  readonly channels: number;
  readonly specs: readonly ParamSpec[];
  /** Length of its output along one axis, from the length of the images; of the axes the first is 0. */
  readonly length: (input: number, axis: number) => number;
}

/** A network made of stages. */
export interface NetworkBody {
  /** Axes of an image. */
  readonly spatial: 2 | 3;
  readonly inputChannels: number;
  /** How fresh parameters are drawn. Default `'he-normal'`. */
  readonly initializer?: Initializer;
  /** In order; their parameters are the network's, and the last one's size is that of the logits. */
  readonly stages: readonly Stage[];
  /** Computes and names every feature in order; the last is `'logits'`. */
  features(images: Tensor, pass: Pass): Generator<readonly [string, Tensor], void>;
  /** Names of features that `forward` gives beside the logits while training, in their order there. Default none. */
  readonly auxiliary?: readonly string[];
  /** Names of features that `apply(…, { tap })` may ask for. Default `'logits'` alone. */
  readonly taps?: readonly string[];
  /** Which sizes fit. Default multiples of 1, logits as large as the last stage says. */
  readonly sizes?: Sizes;
}

/** The public face of a network made of stages: checks at the edge, tidies, and stops at a tap. */
export function network(
  name: string,
  options: object,
  { spatial, inputChannels, initializer = 'he-normal', stages, features, ...rest }: NetworkBody,
): Model {
  const {
    taps = ['logits'],
    auxiliary = [],
    sizes = sizesOf(name, 1, (length) => stages.at(-1)?.length(length, 0) ?? length),
  } = rest;
  const specs = stages.flatMap((stage) => stage.specs);
  const shapes = Object.fromEntries(specs.map((spec) => [spec.name, spec.shape]));
  const untrained = new Set(
    specs.filter(({ role }) => role === 'mean' || role === 'variance').map((spec) => spec.name),
  );

  const check = (params: Params, images: Tensor) => {
    const form = `[batch, ${spatial === 3 ? 'depth, ' : ''}height, width, ${inputChannels}]`;
    const given = isTensor(images as unknown) ? images.dtype : images;
    assertOption(given === 'float32', name, 'images', given, `be a float32 tensor ${form}`);
    const channels = images.shape[spatial + 1];
    if (images.rank !== spatial + 2 || channels !== inputChannels)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${name}: expected images ${form}, got [${images.shape.join(', ')}].`,
        { details: { images: images.shape } },
      );
    sizes.output(images.shape.slice(1, -1) as unknown as Size);
    for (const [key, shape] of Object.entries(shapes)) {
      const given = params[key]?.shape;
      if (given !== undefined && !sameShape(given, shape))
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `${name}: expected parameter '${key}' of shape [${shape.join(', ')}], got [${given.join(', ')}]. Were the weights made by another network?`,
          { details: { name: key, expected: shape, given } },
        );
    }
  };

  const ofAxes = <S extends Size>(size: S): S => {
    const sound =
      Array.isArray(size) && size.length === spatial && size.every((n) => Number.isInteger(n) && n > 0);
    assertOption(sound, name, 'size', size, `be ${spatial} positive whole numbers, in pixels`);
    return size;
  };

  const until = (goal: string, images: Tensor, pass: Pass): Tensor => {
    for (const [feature, value] of features(images, pass)) if (feature === goal) return value;
    throw new SegscapeError(
      'BAD_OPTION',
      `${name}: no features '${goal}'; expected one of ${taps.join(', ')}.`,
      { details: { option: 'tap', value: goal } },
    );
  };

  return {
    name,
    config: { name, ...options } satisfies ModelConfig,
    taps,
    shapes,
    init: (seed) => initialize(specs, initializer, seed),
    isTrainable: (key) => !untrained.has(key),
    apply(params, images, { tap = 'logits' } = {}) {
      assertOption(taps.includes(tap), name, 'tap', tap, `be one of ${taps.join(', ')}`);
      check(params, images);
      const pass: Pass = { params, training: false, seed: undefined, updates: {} };
      // The clone keeps a result that is a parameter or the input itself apart from the caller's tensor.
      return tidy(() => clone(until(tap, images, pass)));
    },
    forward(params, images, options) {
      check(params, images);
      const { training, seed } = options ?? {};
      assertOption(typeof training === 'boolean', name, 'training', training, 'be true or false');
      return tidy(() => {
        const pass: Pass = { params, training, seed, updates: {} };
        const found = new Map<string, Tensor>();
        for (const [feature, value] of features(images, pass))
          if (feature === 'logits' || auxiliary.includes(feature)) found.set(feature, value);
        const logits = found.get('logits')!;
        const others = auxiliary.flatMap((feature) => found.get(feature) ?? []);
        return { logits, ...(others.length > 0 && { auxiliary: others }), updates: pass.updates };
      });
    },
    outputSize: (size) => sizes.output(ofAxes(size)),
    inputSizeFor: (size) => sizes.input(ofAxes(size)),
    summary(size): ModelSummary {
      const outputSize = sizes.output(ofAxes(size));
      const count = (list: readonly ParamSpec[]) => list.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      const layers: LayerSummary[] = stages.map(({ name: stage, kind, channels, specs: own, length }) => ({
        name: stage,
        kind,
        shape: [...size.map((n, axis) => length(n, axis)), channels],
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
