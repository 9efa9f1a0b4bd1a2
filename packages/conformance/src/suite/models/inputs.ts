import type { Params } from '@segscape/core';
import type { Model, Size } from '@segscape/models';
import type { Tensors } from '../case.js';
import { type HostTensor, integers, normals, uniforms } from '../inputs.js';

const prefix = 'param ';

/** Weights as a trained network may have them: no scale is 1, no offset or bias 0. */
function weight(name: string, shape: readonly number[]): HostTensor {
  const role = name.slice(name.lastIndexOf('.') + 1);
  if (role === 'variance') return uniforms(name, shape, 0.5, 1.5);
  if (role === 'scale') return normals(name, shape, 0.1, 1);
  if (role !== 'kernel') return normals(name, shape, 0.1);
  const fanIn = shape.slice(0, -1).reduce((product, n) => product * n, 1);
  return normals(name, shape, Math.sqrt(2 / fanIn));
}

/** A model's parameters, named `param encoder.0.conv.0.kernel`. */
export const modelWeights = ({ shapes }: Model): Record<string, HostTensor> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, weight(name, shape)]));

/** Parameters, images of the size and labels of the size that the model gives for it. */
export function modelInputs(model: Model, size: Size, classes = 2, batch = 2): Record<string, HostTensor> {
  const channels = Number(model.config.inputChannels ?? 1);
  return {
    ...modelWeights(model),
    images: uniforms('images', [batch, ...size, channels]),
    labels: integers('labels', [batch, ...model.outputSize(size)], 0, Math.max(2, classes)),
  };
}

/** The parameters among a case's inputs, under their own names. */
export const paramsOf = (inputs: Tensors): Params =>
  Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );

/** Names of a model's trainable parameters, as inputs of a case. */
export const trainableInputs = (model: Model): string[] =>
  Object.keys(model.shapes)
    .filter((name) => model.isTrainable(name))
    .map((name) => prefix + name);
