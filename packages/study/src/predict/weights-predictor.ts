import { SegscapeError } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import type { Model } from '@segscape/models';
import { dispose } from '@tensorflow/tfjs-core';
import type { Options } from '../kinds/kind.js';
import { entry, type StudyRegistry, studyRegistry } from '../kinds/registry.js';
import { isTorchFile, parametersOf } from '../weights-file.js';
import { type ModelPredictor, type ModelPredictorOptions, modelPredictor } from './model-predictor.js';

export interface WeightsPredictorOptions extends ModelPredictorOptions {
  /** Of the file; its ending tells the format: `.safetensors`, or PyTorch's `.pt`, `.pth`. */
  readonly name: string;
  /** The network whose weights they are: its kind with its options. Channels and classes are told from the weights. */
  readonly network: { readonly kind: string } & Options;
  /** Where kinds are known. Default `studyRegistry`. */
  readonly registry?: StudyRegistry;
}

const where = 'weightsPredictor';

type Shape = readonly number[];

const isKernel = ({ length }: Shape) => length > 3;

/** The first and the last kernel of PyTorch's file, whose order is that of the layers, as `[…window, in, out]`. */
async function torchEnds(bytes: Uint8Array): Promise<readonly (Shape | undefined)[]> {
  const { readTorch } = await import('@segscape/models/torch-file');
  const given = readTorch(bytes);
  const kernels = Object.values(given).map(({ shape }) => shape);
  dispose(Object.values(given));
  const turned = kernels.filter(isKernel).map(([out = 0, inside = 0, ...window]) => [...window, inside, out]);
  return [turned[0], turned.at(-1)];
}

/** The network as the weights want it: where the config does not say them, channels and classes are those of the kernels at its ends. */
async function networkOf(
  { name, network, registry = studyRegistry }: WeightsPredictorOptions,
  bytes: Uint8Array,
): Promise<Model> {
  const { kind, ...options } = network;
  const make = (more: Options): Model => entry(registry.models, 'model', kind)({ ...more, ...options });
  const drawn = make({});
  const [first, last] = isTorchFile(name) ? await torchEnds(bytes) : await ends(drawn, name, bytes);
  const inputChannels = first?.at(-2);
  const classes = last?.at(-1);
  return make({ ...(inputChannels && { inputChannels }), ...(classes && { classes }) });
}

/** The kernels of a safetensors file that are called as the first and the last of the network. */
async function ends(drawn: Model, name: string, bytes: Uint8Array): Promise<readonly (Shape | undefined)[]> {
  const given = await parametersOf(name, bytes, drawn);
  const kernels = Object.keys(drawn.shapes).filter((key) => isKernel(drawn.shapes[key]!));
  return [kernels[0], kernels.at(-1)].map((key = '') => given[key]?.shape);
}

/** What `weightsPredictor` of `on-demand` does; its documentation stands there. */
export async function weightsPredictor(
  bytes: Uint8Array,
  options: WeightsPredictorOptions,
): Promise<ModelPredictor> {
  const model = await networkOf(options, bytes);
  const given = await parametersOf(options.name, bytes, model);
  const wrong = Object.entries(model.shapes).find(
    ([name, shape]) => given[name]?.shape.join() !== shape.join(),
  );
  if (wrong !== undefined) {
    const [name, shape] = wrong;
    const found = given[name]?.shape;
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: '${options.name}' are not the weights of this network (${JSON.stringify(options.network)}): its '${name}' is [${shape.join(', ')}], the file ${found ? `has [${found.join(', ')}]` : 'has none'}. Give the options that the network was made with.`,
      { details: { name, expected: shape, ...(found && { given: found }) } },
    );
  }
  const params = toParams(Object.fromEntries(Object.keys(model.shapes).map((name) => [name, given[name]!])));
  const channels =
    Object.values(model.shapes)
      .find(({ length }) => length > 3)
      ?.at(-2) ?? 1;
  return modelPredictor(where, { model, params, channels, said: { overlapping: false, scale: 1 } }, options);
}
