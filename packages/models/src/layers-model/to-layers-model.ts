import { assertKnown, type Params, SegscapeError, sameShape } from '@segscape/core';
import { scalar, serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { modelFromConfig } from '../config.js';
import type { Model, ModelConfig } from '../model.js';

/** The parts of `@tensorflow/tfjs-layers` (or `@tensorflow/tfjs`) that are used. */
export type LayersModule = Pick<
  typeof import('@tensorflow/tfjs-layers'),
  'layers' | 'initializers' | 'sequential'
>;

export interface ToLayersModelOptions {
  /** `[height, width, channels]` of images; null for any. Default `[null, null, channels of the network]`. */
  readonly inputShape?: readonly (number | null)[];
}

/** A layer that is one of our networks: its weights are the layer's, its computation is `apply` or `forward`. */
function networkLayer({ layers, initializers }: LayersModule) {
  return class NetworkLayer extends layers.Layer {
    static readonly className = 'SegscapeNetwork';
    readonly network: Model;
    /** In the network's order; the layer's own list has those that are not trained at its end. */
    readonly own = new Map<string, LayersModel['weights'][number]>();
    private steps = 0;

    constructor(config: { readonly network: ModelConfig } & Record<string, unknown>) {
      const { network, ...rest } = config;
      super(rest);
      this.network = modelFromConfig(network);
    }

    override build(): void {
      if (this.built) return;
      for (const [name, shape] of Object.entries(this.network.shapes))
        this.own.set(
          name,
          this.addWeight(
            name,
            [...shape],
            'float32',
            initializers.zeros(),
            undefined,
            this.network.isTrainable(name),
          ),
        );
      this.built = true;
    }

    override call(inputs: Tensor | Tensor[], { training = false }: { readonly training?: boolean }): Tensor {
      const images = Array.isArray(inputs) ? inputs[0]! : inputs;
      return tidy(() => {
        const params = Object.fromEntries([...this.own].map(([name, weight]) => [name, weight.read()]));
        if (!training) return this.network.apply(params, images);
        const seed = scalar(this.steps++ % 2 ** 24);
        const { logits, updates } = this.network.forward(params, images, { training, seed });
        for (const [name, value] of Object.entries(updates)) this.own.get(name)!.write(value);
        return logits;
      });
    }

    override computeOutputShape(given: (number | null)[] | (number | null)[][]) {
      const [batch, ...rest] = (Array.isArray(given[0]) ? given[0] : given) as (number | null)[];
      const space = rest.slice(0, -1);
      const { outputSize, shapes } = this.network;
      const classes = Object.values(shapes).at(-1)!.at(-1)!;
      const known = space.every((length) => length !== null);
      const size = known ? outputSize(space as unknown as [number, number]) : space;
      return [batch ?? null, ...size, classes];
    }

    override getConfig() {
      return { ...super.getConfig(), network: this.network.config as serialization.ConfigDict };
    }
  };
}

/**
 * One of our networks as a `tf.LayersModel` of one layer, to be compiled, trained, saved and loaded as any other. Its output are
 * logits.
 *
 *     const layersModel = toLayersModel(tf, model, params);
 *     layersModel.compile({ optimizer: 'adam', loss: dice() });
 *
 * The layer is registered as `SegscapeNetwork`, so that `tf.loadLayersModel` finds it once this function was called.
 *
 * @param tf `@tensorflow/tfjs-layers` or `@tensorflow/tfjs`.
 * @param model a network of this package, or of `defineModel`.
 * @param params copied; the caller keeps them.
 * @param options `inputShape` of an image; its default stands with its type.
 * @returns a model of one layer, not compiled.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for parameters that are missing or of another shape; `BAD_OPTION`.
 */
export function toLayersModel(
  tf: LayersModule,
  model: Model,
  params: Params,
  options: ToLayersModelOptions = {},
): LayersModel {
  assertKnown('toLayersModel', options, ['inputShape']);
  const { inputShape } = options;
  const names = Object.keys(model.shapes);
  const missing = names.filter((name) => params[name] === undefined);
  if (missing.length > 0)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `toLayersModel: the parameters lack ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''} of the network '${model.name}'.`,
      { details: { name: missing[0]! } },
    );
  for (const [name, shape] of Object.entries(model.shapes)) {
    const given = params[name]!.shape;
    if (sameShape(given, shape)) continue;
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `toLayersModel: expected parameter '${name}' of shape [${shape.join(', ')}], got [${given.join(', ')}]. Were the weights made by another network?`,
      { details: { name, expected: shape, given } },
    );
  }
  const Layer = networkLayer(tf);
  serialization.registerClass(
    Layer as unknown as serialization.SerializableConstructor<serialization.Serializable>,
  );
  const channels = Object.values(model.shapes)[0]!.at(-2)!;
  const spatial = Object.values(model.shapes)[0]!.length - 2;
  const layer = new Layer({
    network: model.config,
    inputShape: [...(inputShape ?? [...Array<null>(spatial).fill(null), channels])],
  });
  const layersModel = tf.sequential({ layers: [layer] });
  for (const [name, weight] of layer.own) weight.write(params[name]!);
  return layersModel;
}
