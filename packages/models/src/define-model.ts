import { assertOptions, type OptionsSchema, withDefaults } from '@segscape/core/schema';
import type { Model } from './model.js';
import { type NetworkBody, network } from './network.js';

/** Makes a network from its options. */
export interface ModelMaker<Options extends object> {
  (options?: Options): Model;
  /** The kind of network, as configs name it. */
  readonly name: string;
  /** Its options, described: type, bounds, default, one line. */
  readonly schema: OptionsSchema<Options>;
}

/**
 * A kind of network of one's own: its name, its options and what it is made of.
 *
 *     const fcn = defineModel('fcn', options<{ classes?: number }>({ classes: integer('Classes.', { default: 2 }) }),
 *       ({ classes = 2 }) => {
 *         const head = convolution('head', { spatial: 2, size: 1, from: 1, to: classes, padding: 'same' });
 *         return {
 *           spatial: 2,
 *           inputChannels: 1,
 *           stages: [stage('head', 'convolution 1×1', classes, [head], (length) => length)],
 *           *features(images, pass) { yield ['logits', head.apply(images, pass)]; },
 *         };
 *       });
 *
 * What it makes is a model like ours: options, images and parameters are checked, tensors tidied, features tapped.
 *
 * @param name of the kind, with which errors begin.
 * @param schema of the options, from `options` of `@segscape/core/schema`.
 * @param body from the checked options, with their defaults, the network's stages and how features come about.
 * @returns a function from the options to a model; it throws `BAD_OPTION` for options that are not as the schema says.
 */
export function defineModel<Options extends object>(
  name: string,
  schema: OptionsSchema<Options>,
  body: (options: Options, name: string) => NetworkBody,
): ModelMaker<Options> {
  const make = (given?: Options): Model => {
    const asked = given ?? ({} as Options);
    assertOptions(name, asked, schema);
    const options = withDefaults(asked, schema);
    return network(name, options, body(options, name));
  };
  return Object.defineProperties(make, {
    name: { value: name },
    schema: { value: schema, enumerable: true },
  }) as ModelMaker<Options>;
}
