import { crossEntropy } from '@segscape/losses';
import { centreCrop, type ModelConfig, modelFromConfig, type Size } from '@segscape/models';
import type { ConformanceCase, TensorCase } from '../case.js';
import { valueAndGradient } from '../derivatives.js';
import { normals } from '../inputs.js';
import { modelInputs, paramsOf, trainableInputs } from './inputs.js';

const small = { inputChannels: 2, classes: 3, baseChannels: 4, depth: 2 };

/** For networks that say their depth otherwise. */
const twoInThreeOut = { inputChannels: 2, classes: 3 };

const written = (options: object) =>
  Object.entries(options)
    .map(([name, value]) => ` ${name}=${value}`)
    .join('');

/** Logits, and the gradients of cross-entropy by the images and every trainable parameter, at inference or in training. */
function modelCase(
  name: string,
  options: object,
  size: Size,
  training = false,
  base: object = small,
): TensorCase {
  const model = modelFromConfig({ name, ...base, ...options } as ModelConfig);
  const loss = crossEntropy();
  const settings = (inputs: Parameters<TensorCase['compute']>[0]) => ({
    training,
    ...(inputs.seed && { seed: inputs.seed }),
  });
  const gradients = valueAndGradient(
    (inputs) =>
      loss(inputs.labels!, model.forward(paramsOf(inputs), inputs.images!, settings(inputs)).logits),
    [...trainableInputs(model), 'images'],
  );
  const needsSeed = training && 'dropout' in options;
  return {
    name: `models/${name}${written(options)}${training ? ', training' : ''}`,
    inputs: () => ({
      ...modelInputs(model, size, Number(model.config.classes)),
      ...(needsSeed && { seed: { data: [123_457], shape: [], dtype: 'float32' as const } }),
    }),
    compute: (inputs) => {
      const { logits, updates } = model.forward(paramsOf(inputs), inputs.images!, settings(inputs));
      return { logits, ...updates, ...gradients(inputs) };
    },
  };
}

const crop: TensorCase = {
  name: 'models/centreCrop',
  inputs: () => ({ x: normals('features', [2, 9, 8, 3]) }),
  compute: valueAndGradient(({ x }) => centreCrop(x!, [4, 5]), ['x']),
};

const tapped = modelFromConfig({ name: 'unet', ...small } as ModelConfig);

const tap: TensorCase = {
  name: 'models/unet tap=encoder.1',
  inputs: () => modelInputs(tapped, [8, 8], small.classes),
  compute: (inputs) => ({
    features: tapped.apply(paramsOf(inputs), inputs.images!, { tap: 'encoder.1' }),
  }),
};

const size = [12, 12] as const;
const norms = ['batch', 'instance', 'group'] as const;

/** The cases of `@segscape/models`. */
export const modelCases: readonly ConformanceCase[] = [
  modelCase('unet', {}, size),
  modelCase('unet', { depth: 3 }, size),
  modelCase('unet', { up: 'bilinear' }, size),
  modelCase('unet', { padding: 'valid' }, [20, 20]),
  modelCase('unet', { padding: 'valid', up: 'bilinear' }, [20, 24]),
  modelCase('unet', { classes: 1 }, size),
  ...norms.flatMap((norm) => [
    modelCase('unet', { norm }, size),
    modelCase('unet', { norm, up: 'bilinear' }, size, true),
  ]),
  modelCase('unet', { dropout: 0.4 }, size, true),
  modelCase('unet', { norm: 'group', groups: 2 }, size, true),
  ...['residualUnet', 'attentionUnet', 'nestedUnet'].flatMap((name) => [
    modelCase(name, {}, size),
    modelCase(name, { norm: 'batch' }, size, true),
  ]),
  modelCase('nestedUnet', { depth: 3, baseChannels: 2 }, size),
  modelCase('unet3d', {}, [4, 8, 8]),
  modelCase('unet3d', { norm: 'instance', up: 'bilinear' }, [4, 6, 8]),
  modelCase('unet3d', { norm: 'batch', padding: 'same' }, [4, 6, 8], true),
  modelCase('residualEncoderUnet', { blocks: [1, 2] }, [8, 8], true),
  modelCase('dynamicUnet', { patchSize: [16, 16], baseChannels: 4 }, [16, 16], false, twoInThreeOut),
  // Normalised by statistics of its own, its biases would have a gradient of 0, and no relative error.
  modelCase('basicUnet', { norm: 'batch', features: [2, 2, 4, 4, 4, 2] }, [16, 16], false, twoInThreeOut),
  crop,
  tap,
];
