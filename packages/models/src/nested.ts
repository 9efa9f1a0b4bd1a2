import { concat, type Tensor } from '@tensorflow/tfjs-core';
import { plainBlock } from './block.js';
import { convolution, pooling, upsampling } from './convolution.js';
import { defineModel } from './define-model.js';
import { dropout } from './dropout.js';
import type { Pass } from './layer.js';
import type { NetworkBody } from './network.js';
import { familySchema, type ResolvedOptions, resolved } from './options.js';
import { unetSizes } from './sizes.js';
import { stage } from './stages.js';

export const nestedUnetSchema = familySchema(
  { norm: 'batch' },
  {
    padding: { type: 'string', enum: ['same'], description: 'Convolutions keep the size.', default: 'same' },
  },
);

function nestedBody(name: string, options: ResolvedOptions): NetworkBody {
  const { inputChannels, classes, baseChannels, depth, padding, up, join, initializer } = options;
  const width = (level: number) => baseChannels * 2 ** level;
  const length = (level: number) => (input: number) => input / 2 ** level;

  const nodes = Array.from({ length: depth }, (_, step) =>
    Array.from({ length: depth - step }, (_, level) => {
      const scope = `node.${level}.${step}`;
      const to = width(level);
      if (step === 0) {
        const from = level === 0 ? inputChannels : width(level - 1);
        const rate = level > 0 && level >= depth - 2 ? options.dropout : 0;
        return { scope, level, block: plainBlock(scope, 2, from, to, options), drop: dropout(scope, rate) };
      }
      const rise = upsampling(`${scope}.up`, { spatial: 2, from: 2 * to, to, up });
      // The upsampled maps and `step` earlier nodes of the level.
      return { scope, level, rise, block: plainBlock(scope, 2, (step + 1) * to, to, options) };
    }),
  ).flat();
  // Logits of the top level's earlier nodes, as large as the last ones.
  const heads = Array.from({ length: options.deepSupervision ? depth - 2 : 0 }, (_, i) => {
    const scope = `node.0.${i + 1}`;
    return convolution(`${scope}.head`, {
      spatial: 2,
      size: 1,
      from: baseChannels,
      to: classes,
      padding: 'same',
    });
  });
  const head = convolution('head', { spatial: 2, size: 1, from: baseChannels, to: classes, padding: 'same' });

  function* features(images: Tensor, pass: Pass): Generator<readonly [string, Tensor], void> {
    const levels: Tensor[][] = Array.from({ length: depth }, () => []);
    for (const { scope, level, rise, drop, block } of nodes) {
      let x: Tensor;
      if (rise === undefined) x = level === 0 ? images : pooling.apply(levels[level - 1]![0]!, pass);
      else {
        const risen = rise.apply(levels[level + 1]!.at(-1)!, pass);
        yield [`${scope}.up`, risen];
        const earlier = levels[level]!;
        x = concat(join === 'skip-first' ? [...earlier, risen] : [risen, ...earlier], 3);
      }
      const y = yield* block.through(x, pass);
      levels[level]!.push(drop === undefined ? y : drop.apply(y, pass));
    }
    if (pass.training)
      for (const [i, early] of heads.entries())
        yield [`node.0.${i + 1}.logits`, early.apply(levels[0]![i + 1]!, pass)];
    yield ['logits', head.apply(levels[0]!.at(-1)!, pass)];
  }

  return {
    spatial: 2,
    inputChannels,
    initializer,
    sizes: unetSizes({ name, depth, padding }),
    features,
    stages: [
      ...nodes.flatMap(({ scope, level, rise, block }) => [
        ...(rise === undefined
          ? []
          : [stage(`${scope}.up`, `up (${up})`, width(level), [rise], length(level))]),
        stage(scope, 'block', width(level), block.layers, length(level)),
      ]),
      ...heads.map((early, i) =>
        stage(`node.0.${i + 1}.head`, 'convolution 1×1', classes, [early], length(0)),
      ),
      stage('head', 'convolution 1×1', classes, [head], length(0)),
    ],
    auxiliary: heads.map((_, i) => `node.0.${i + 1}.logits`).reverse(),
    taps: [
      ...nodes.flatMap(({ scope, rise }) => [
        ...(rise === undefined ? [] : [`${scope}.up`]),
        `${scope}.conv.0`,
        `${scope}.conv.1`,
        scope,
      ]),
      'logits',
    ],
  };
}

/**
 * U-Net++ (Zhou et al., 2018, https://arxiv.org/abs/1807.10165): between the encoder and each skip's end stand nodes,
 * and node (level, step) sees the upsampled node below it and all earlier nodes of its level. `deepSupervision` gives the
 * logits of the top level's earlier nodes, `node.0.J.head.*`; `padding` is 'same'. Default `norm` 'batch'.
 *
 * Parameters and features: `node.L.J.up.*`, `node.L.J.conv.I.*`, where J = 0 is the encoder; `head.*`.
 *
 * @param options their defaults stand with their types.
 * @returns the network: `init` gives its parameters, `forward` trains, `apply` infers.
 */
export const nestedUnet = defineModel('nestedUnet', nestedUnetSchema, (options, name) =>
  nestedBody(name, resolved(name, options)),
);
