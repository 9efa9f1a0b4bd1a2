import { centreCrop, countParams, type Model, unet } from '@segscape/models';
import {
  cast,
  dispose,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  sum,
  type Tensor,
  tensor,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import { type Adapter, type Adapters, type Numbers, type OracleCase, Unsupported } from './adapter.js';

type Nested = number[] | Nested[];

interface UnetFacts {
  readonly inChannels?: number;
  readonly outChannels?: number;
  readonly baseFilters?: number;
  readonly depth: number;
  readonly padding?: 'same' | 'valid';
  readonly upsampling?: string;
  readonly concatOrder?: string;
}

/** The oracle counts poolings, we count levels. */
function modelOf({ params }: OracleCase): Model {
  const facts = params as unknown as UnetFacts;
  if (facts.concatOrder !== undefined && facts.concatOrder !== '[upsampled, skip]')
    throw new Unsupported(`concatenation in the order ${facts.concatOrder}`);
  return unet({
    inputChannels: facts.inChannels ?? 1,
    classes: facts.outChannels ?? 2,
    baseChannels: facts.baseFilters ?? 32,
    depth: facts.depth + 1,
    padding: facts.padding ?? 'valid',
  });
}

/** `down1.conv2.kernel` → `encoder.1.conv.1.kernel`, `up0.transpose.bias` → `decoder.0.up.bias`. */
function ourName(name: string): string {
  return name
    .replace(/^down(\d+)/, 'encoder.$1')
    .replace(/^up(\d+)/, 'decoder.$1')
    .replace(/^out/, 'head')
    .replace('.transpose.', '.up.')
    .replace(/\.conv(\d)\./, (_, n: string) => `.conv.${Number(n) - 1}.`);
}

const norm = (values: Numbers): number =>
  Math.sqrt((values as number[]).flat(9).reduce((total, value) => total + value * value, 0));

const forward: Adapter = async (oracle, context) => {
  const model = modelOf(oracle);
  const weights = oracle.inputs.weights as unknown as Record<string, Nested>;
  const names = Object.keys(weights);
  const inputs: Record<string, Tensor> = {
    x: tensor(oracle.inputs.x as unknown as number[]),
    mask: tensor(oracle.inputs.mask as unknown as number[], undefined, 'int32'),
  };
  for (const name of names) inputs[name] = tensor(weights[name] as number[]);
  const paramsOf = (list: readonly Tensor[]) =>
    Object.fromEntries(names.map((name, index) => [ourName(name), list[index]!]));
  const depth = (oracle.params as unknown as UnetFacts).depth;
  try {
    const result = await context.run((given) => {
      const images = given.x!;
      const labels = given.mask!;
      const loss = (...list: Tensor[]) => {
        const logits = model.apply(paramsOf(list), images);
        const target = cast(oneHot(cast(labels, 'int32'), logits.shape[3]!), 'float32');
        return mean(neg(sum(mul(target, logSoftmax(logits)), -1)));
      };
      const list = names.map((name) => given[name]!);
      const { value, grads } = valueAndGrads(loss)(list);
      const gradients = Object.fromEntries(names.map((name, i) => [`grad ${name}`, grads[i]!]));
      return {
        output: model.apply(paramsOf(list), images),
        bottleneck: model.apply(paramsOf(list), images, { tap: `encoder.${depth}` }),
        loss: value,
        ...gradients,
      };
    }, inputs);
    const shape = (values: Numbers): number[] =>
      Array.isArray(values) ? [values.length, ...shape(values[0] as Numbers)] : [];
    const asked = oracle.expected as Record<string, Numbers>;
    const gradients = Object.fromEntries(names.map((name) => [name, result[`grad ${name}`]!]));
    const value: Record<string, Numbers> = {
      output: result.output!,
      outputShape: shape(result.output!),
      bottleneckShape: shape(result.bottleneck!),
      loss: result.loss!,
      gradNorms: Object.fromEntries(names.map((name) => [name, norm([gradients[name]!] as Numbers)])),
      grad: Object.fromEntries(Object.keys(asked.grad ?? {}).map((name) => [name, gradients[name]!])),
    };
    return { value: Object.fromEntries(Object.keys(asked).map((key) => [key, value[key]!])) };
  } finally {
    dispose(inputs);
  }
};

/** The seed crops squares; so does this case. */
const crop: Adapter = async (oracle, context) => {
  const size = oracle.params.size as number;
  const x = tensor(oracle.inputs.x as unknown as number[]);
  try {
    const { y } = await context.run(({ x: given }) => ({ y: centreCrop(given!, [size, size]) }), { x });
    return { value: y! };
  } finally {
    x.dispose();
  }
};

const paramCount: Adapter = (oracle) => {
  const model = modelOf(oracle);
  const counted = model.summary(model.inputSizeFor([1, 1])).parameters;
  const params = model.init(1);
  try {
    // The summary's number and that of the real record must be one.
    return { value: counted === countParams(params) ? counted : Number.NaN };
  } finally {
    dispose(params);
  }
};

const outputSize: Adapter = (oracle) => {
  const size = oracle.params.input as number | readonly [number, number];
  return { value: modelOf(oracle).outputSize(typeof size === 'number' ? [size, size] : size) };
};

const validInputSizes: Adapter = (oracle) => {
  const model = modelOf(oracle);
  const max = oracle.params.max as number;
  const sizes: number[][] = [];
  for (let out = 1; out <= max; out++) {
    const [size] = model.inputSizeFor([out, out]);
    if (size <= max && sizes.at(-1)?.[0] !== size) sizes.push([size, model.outputSize([size, size])[0]]);
  }
  return { value: sizes };
};

/** The U-Net cases, through `@segscape/models`. */
export const unetAdapters: Adapters = {
  unetForward: forward,
  centerCrop: crop,
  unetParamCount: paramCount,
  unetOutputSize: outputSize,
  unetValidInputSizes: validInputSizes,
};
