import { integer, options } from '@segscape/core/schema';
import { convolution, defineModel, plainBlock, residualBlock, stage } from '@segscape/models';
import { defineKind } from '@segscape/study';

interface FlatNetOptions {
  readonly inputChannels?: number;
  readonly classes?: number;
  readonly channels?: number;
}

const schema = options<FlatNetOptions>({
  inputChannels: integer('Channels of the images.', { default: 1, minimum: 1 }),
  classes: integer('Number of classes.', { default: 2, minimum: 1 }),
  channels: integer('Channels of both blocks.', { default: 8, minimum: 1 }),
});

const form = { padding: 'same', norm: 'batch', momentum: 0.1 } as const;
const sameLength = (length: number) => length;

/** A network of one's own that stays at full resolution: a plain block, a residual one, and the classes. */
export const flatNet = defineModel(
  'flatNet',
  schema,
  ({ inputChannels = 1, classes = 2, channels = 8 }: FlatNetOptions) => {
    const first = plainBlock('first', 2, inputChannels, channels, form);
    const second = residualBlock('second', 2, channels, channels, form);
    const head = convolution('head', { spatial: 2, size: 1, from: channels, to: classes, padding: 'same' });
    return {
      spatial: 2,
      inputChannels,
      taps: ['first', 'second', 'logits'],
      stages: [
        stage('first', 'block', channels, first.layers, sameLength),
        stage('second', 'residual block', channels, second.layers, sameLength),
        stage('head', 'convolution 1×1', classes, [head], sameLength),
      ],
      *features(images, pass) {
        const between = yield* first.through(images, pass);
        yield ['logits', head.apply(yield* second.through(between, pass), pass)];
      },
    };
  },
);

/** As a config knows it: `model: { kind: flatNet, channels: 12 }`. */
export const flatNetKind = defineKind({ part: 'model', kind: 'flatNet', schema, make: flatNet });
