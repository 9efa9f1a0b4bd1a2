import type { LossFn } from '@segscape/losses';
import { dispose, reshape, sum, type Tensor, tensor, tidy, valueAndGrad } from '@tensorflow/tfjs-core';
import { type Adapter, type AdapterContext, type Numbers, type OracleCase, Unsupported } from '../adapter.js';

/** A case's parameters; null stands for an option that is off. */
export type LossParams = Readonly<Record<string, unknown>>;

/** Facts of the inputs that a definition may need. */
export interface LossShape {
  /** Number of classes, the logits' last axis. */
  readonly classes: number;
  /** Whether the labels are given as `target`, one-hot or soft. */
  readonly oneHot: boolean;
}

/** What a definition means in our terms: a loss, or a function of labels and scores around one. */
export type LossDefinition = (
  params: LossParams,
  shape: LossShape,
) => LossFn | ((labels: Tensor, scores: Tensor) => Tensor);

/** Options that are on, under our names. */
export function options(pairs: Readonly<Record<string, unknown>>): Record<string, never> {
  return Object.fromEntries(
    Object.entries(pairs).filter(([, value]) => value !== null && value !== undefined),
  ) as Record<string, never>;
}

const shapeOf = (value: Numbers): number[] =>
  Array.isArray(value) ? [value.length, ...shapeOf(value[0] as Numbers)] : [];

const nested = (values: readonly number[], [size, ...rest]: readonly number[]): Numbers => {
  if (size === undefined) return values[0] as number;
  const step = values.length / size;
  return Array.from({ length: size }, (_, i) => nested(values.slice(i * step, (i + 1) * step), rest));
};

/** The adapter of every loss: finds the definition, runs it, and lays the result out as expected. */
export const lossAdapter =
  (definitions: Readonly<Record<string, LossDefinition>>): Adapter =>
  async (oracle, context) => {
    const { op, params, inputs, expected } = oracle;
    const name = params.definition ?? '';
    const define = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (define === undefined) throw new Error(`no adapter for the definition '${name}'`);
    if (context.executor === 'jit' && op.toLowerCase().includes('hausdorff'))
      throw new Unsupported('hausdorff reads the prediction, so it runs eagerly only');
    const scores = (inputs.logits ?? inputs.probs) as Numbers;
    const labels = (inputs.mask ?? inputs.target) as Numbers;
    const shape = shapeOf(scores);
    const made = define(params, { classes: shape.at(-1) as number, oneHot: inputs.mask === undefined });

    const tensors: Record<string, Tensor> = {
      scores: tensor(scores as number[], shape, 'float32'),
      labels: tensor(labels as number[], shapeOf(labels), inputs.mask === undefined ? 'float32' : 'int32'),
    };
    const { distMap } = inputs;
    if (distMap !== undefined) tensors.distances = tensor(distMap as number[], shapeOf(distMap), 'float32');
    try {
      const apply = ({ labels: truth, scores: x, ...prepared }: Record<string, Tensor>) =>
        made(
          (Object.keys(prepared).length > 0 ? { ...prepared, labels: truth } : truth) as Tensor,
          x as Tensor,
        );
      return await outcome(oracle, context, apply, tensors, shapeOf(expected));
    } finally {
      dispose(tensors);
    }
  };

async function outcome(
  { expectedGrad }: OracleCase,
  context: AdapterContext,
  apply: (inputs: Record<string, Tensor>) => Tensor,
  tensors: Record<string, Tensor>,
  expectedShape: readonly number[],
) {
  const flat = (value: Tensor) => reshape(value, [-1]);
  const results = await context.run((inputs) => {
    if (expectedGrad === undefined) return { value: flat(apply(inputs)) };
    const { value, grad } = tidy(() =>
      valueAndGrad((scores: Tensor) => sum(apply({ ...inputs, scores })))(inputs.scores as Tensor),
    );
    return { value: flat(value), grad: grad as Tensor };
  }, tensors);
  const values = results.value as number[];
  return {
    value: nested(values, expectedShape),
    ...(results.grad !== undefined && { grad: results.grad }),
  };
}
