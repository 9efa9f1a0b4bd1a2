import type { Params } from '@segscape/core';
import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { AdapterContext, Numbers, OracleCase } from '../adapter.js';

export type Images = { readonly x: Tensor; readonly labels: Tensor };

type Nested = Parameters<typeof tensor>[0];
export type Weights = Readonly<Record<string, Numbers>>;

const weightsOf = (numbers: Numbers): Params =>
  Object.fromEntries(
    Object.entries(numbers as Weights).map(([name, values]) => [name, tensor(values as Nested)]),
  );

export const isPair = (name: string, weights: Weights) => Array.isArray((weights[name] as Numbers[])[0]);

export async function nested(params: Params): Promise<Record<string, Numbers>> {
  const entries = Object.entries(params).map(
    async ([name, value]) => [name, (await value.array()) as Numbers] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

interface Setting {
  readonly params: Params;
  readonly batch: Images;
  readonly jit: { readonly executor: 'onnxruntime' | 'eager' };
}

/** The weights, images and labels of a case; what `action` returns is read before they are disposed. */
export async function withSetting<R>(
  { inputs }: OracleCase,
  { executor }: AdapterContext,
  action: (setting: Setting) => Promise<R>,
): Promise<R> {
  const params = weightsOf(inputs.weights!);
  const batch = { x: tensor(inputs.x as Nested), labels: tensor(inputs.mask as Nested, undefined, 'int32') };
  try {
    return await action({ params, batch, jit: { executor: executor === 'jit' ? 'onnxruntime' : 'eager' } });
  } finally {
    dispose([params, batch] as unknown as Tensor[]);
  }
}

/** Records of weights as tensors while `action` runs. */
export async function withDirections<R>(
  numbers: readonly Numbers[],
  action: (directions: Params[]) => Promise<R>,
): Promise<R> {
  const directions = numbers.map(weightsOf);
  try {
    return await action(directions);
  } finally {
    dispose(directions as unknown as Tensor[]);
  }
}
