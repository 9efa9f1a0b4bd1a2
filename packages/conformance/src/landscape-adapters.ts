import type { Params } from '@segscape/core';
import {
  hessianEigenvalues,
  hessianVectorProduct,
  inline,
  interpolate,
  line,
  type NormalizeOptions,
  normalizeDirection,
  sharpness,
  surface,
  trajectory,
} from '@segscape/landscape';
import {
  add,
  cast,
  conv2d,
  dispose,
  grads,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  type Scalar,
  sum,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tanh,
  tensor,
} from '@tensorflow/tfjs-core';
import {
  type Adapter,
  type AdapterContext,
  type Adapters,
  type Numbers,
  type OracleCase,
  Unsupported,
} from './adapter.js';

type Nested = Parameters<typeof tensor>[0];
type Weights = Readonly<Record<string, Numbers>>;
type Images = { readonly x: Tensor; readonly labels: Tensor };

const weightsOf = (numbers: Numbers): Params =>
  Object.fromEntries(
    Object.entries(numbers as Weights).map(([name, values]) => [name, tensor(values as Nested)]),
  );

const isPair = (name: string, weights: Weights) => Array.isArray((weights[name] as Numbers[])[0]);

async function nested(params: Params): Promise<Record<string, Numbers>> {
  const entries = Object.entries(params).map(
    async ([name, value]) => [name, (await value.array()) as Numbers] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** The network of the oracle's README field `architecture`. */
function forward(params: Params, x: Tensor): Tensor {
  const layer = (input: Tensor, name: string) =>
    add(conv2d(input as Tensor4D, params[`${name}.weight`] as Tensor4D, 1, 'same'), params[`${name}.bias`]!);
  return layer(tanh(layer(tanh(layer(x, 'conv1')), 'conv2')), 'head');
}

function crossEntropy(params: Params, { x, labels }: Images): Scalar {
  const logits = forward(params, x);
  const truth = cast(oneHot(cast(labels, 'int32') as Tensor3D, logits.shape.at(-1)!), 'float32');
  return mean(neg(sum(mul(truth, logSoftmax(logits)), -1)));
}

const objective = (params: Params, batch: Images) => ({ loss: crossEntropy(params, batch) });

interface Setting {
  readonly params: Params;
  readonly batch: Images;
  readonly jit: { readonly executor: 'onnxruntime' | 'eager' };
}

/** The weights, images and labels of a case; what `action` returns is read before they are disposed. */
async function withSetting<R>(
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

/** The result of a generator whose last event is `done`. */
async function resultOf<R>(
  events: AsyncGenerator<{ type: 'point' } | { type: 'done'; result: R }>,
): Promise<R> {
  for await (const event of events) if (event.type === 'done') return event.result;
  throw new Error('no done event');
}

const places = (values: unknown) => Float64Array.from(values as number[]);

async function withDirections<R>(
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

const normalize: Adapter = async ({ inputs, params }) =>
  withDirections([inputs.direction!, inputs.weights!], async ([direction, weights]) => {
    const scaled = normalizeDirection(direction!, weights!, {
      norm: params.norm as NonNullable<NormalizeOptions['norm']>,
      ignore: params.ignore === 'biasbn' ? 'biasbn' : 'none',
    });
    const value = await nested(scaled);
    dispose(scaled);
    return { value };
  });

const surface2D: Adapter = (oracle, context) =>
  withSetting(oracle, context, ({ params, batch, jit }) =>
    withDirections([oracle.inputs.dx!, oracle.inputs.dy!], async ([dx, dy]) => {
      const [x, y] = [places(oracle.params.alphas), places(oracle.params.betas)];
      const executor = inline(jit);
      const { values } = await resultOf(
        surface({ objective, params, directions: [dx!, dy!], x, y, batches: [batch], executor }),
      );
      await executor.dispose();
      // Ours is [y, x]; the oracle's [alpha][beta] is its transpose.
      return { value: Array.from(x, (_, i) => Array.from(y, (__, j) => values.loss![j * x.length + i]!)) };
    }),
  );

const surface1D: Adapter = (oracle, context) =>
  withSetting(oracle, context, ({ params, batch, jit }) =>
    withDirections([oracle.inputs.dx!], async ([direction]) => {
      const executor = inline(jit);
      const x = places(oracle.params.alphas);
      const { values } = await resultOf(
        line({ objective, params, direction: direction!, x, batches: [batch], executor }),
      );
      await executor.dispose();
      return { value: [...values.loss!] };
    }),
  );

const interpolate1D: Adapter = (oracle, context) =>
  withSetting(oracle, context, ({ params, batch, jit }) =>
    withDirections([oracle.inputs.weights2!], async ([to]) => {
      const executor = inline(jit);
      const x = places(oracle.params.ts);
      const { values } = await resultOf(
        interpolate({ objective, from: params, to: to!, x, batches: [batch], executor }),
      );
      await executor.dispose();
      return { value: [...values.loss!] };
    }),
  );

/** Largest absolute entry's sign: the oracle leaves the sign of a component open. */
function signAgainst(expected: Weights, got: Weights): number {
  const flat = (weights: Weights) =>
    Object.keys(expected).flatMap((name) => (weights[name] as Numbers[] | undefined)?.flat(9) as number[]);
  const [a, b] = [flat(expected), flat(got)];
  return a.reduce((total, value, i) => total + value * b[i]!, 0) < 0 ? -1 : 1;
}

const scaled = (numbers: Numbers, factor: number): Numbers =>
  Array.isArray(numbers)
    ? numbers.map((entry) => scaled(entry as Numbers, factor))
    : (numbers as number) * factor;

const zeros = (numbers: Numbers): Numbers => scaled(numbers, 0);

const trajectoryPCA: Adapter = async ({ inputs, params, expected }) => {
  const rows = inputs.trajectory as readonly Weights[];
  const components = params.components as number;
  const ignore = params.ignore === 'biasbn' ? 'biasbn' : 'none';
  const path = await withDirections(rows, (checkpoints) => trajectory(checkpoints, { components, ignore }));
  const vectors = await Promise.all(path.directions.map(nested));
  dispose(path.directions as unknown as Tensor[]);
  const truth = expected as Record<string, Weights>;
  const value: Record<string, Numbers> = {};
  const signs = vectors.map((vector, k) => {
    // What is left out has no component.
    const full = Object.fromEntries(
      Object.entries(rows[0]!).map(([name, w]) => [name, vector[name] ?? zeros(w)]),
    );
    const sign = signAgainst(truth[`pc${k + 1}`]!, full);
    value[`pc${k + 1}`] = Object.fromEntries(
      Object.entries(full).map(([name, w]) => [name, scaled(w, sign)]),
    );
    return sign;
  });
  const coordinates = path.points.map((point) => point.map((coordinate, k) => coordinate * signs[k]!));
  return {
    value: {
      ...value,
      explainedVariance: path.singularValues.map((s) => s ** 2 / (rows.length - 1)),
      explainedVarianceRatio: path.explainedVariance,
      singularValues: path.singularValues,
      coordsCos: coordinates,
      coordsLstsq: coordinates,
    },
  };
};

const gradient: Adapter = (oracle, context) =>
  withSetting(oracle, context, async ({ params, batch }) => {
    const names = Object.keys(params);
    const value = await context.run(
      (inputs) => {
        const rest = { x: inputs.x!, labels: inputs.labels! };
        const all = grads((...values: Tensor[]) =>
          crossEntropy(Object.fromEntries(names.map((name, i) => [name, values[i]!])), rest),
        )(names.map((name) => inputs[name]!));
        return Object.fromEntries(names.map((name, i) => [name, all[i]!]));
      },
      { ...params, ...batch },
    );
    return { value };
  });

const network: Adapter = (oracle, context) =>
  withSetting(oracle, context, async ({ params, batch }) => ({
    value: await context.run(
      ({ x, labels, ...weights }) => ({
        logits: forward(weights, x!),
        loss: crossEntropy(weights, { x: x!, labels: labels! }),
      }),
      { ...params, ...batch },
    ),
  }));

const product: Adapter = (oracle, context) =>
  withSetting(oracle, context, ({ params, batch, jit }) =>
    withDirections([oracle.inputs.v!], async ([vector]) => {
      const result = await hessianVectorProduct(
        { loss: crossEntropy, params, batches: [batch], jit },
        vector!,
      );
      const value = await nested(result);
      dispose(result);
      return { value };
    }),
  );

const hessian: Adapter = (oracle, context) =>
  withSetting(oracle, context, async ({ params, batch, jit }) => {
    const problem = { loss: crossEntropy, params, batches: [batch], jit };
    const weightsOnly = {
      ...problem,
      isTrainable: (name: string) => isPair(name, oracle.inputs.weights as Weights),
    };
    const eigenvaluesAll = await hessianEigenvalues(problem);
    const some = await hessianEigenvalues(weightsOnly);
    const { loss, gradientNorm } = await sharpness(problem);
    const total = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
    // The peers' iterative estimates are in the oracle for orientation: what they estimate is compared here.
    const byMagnitude = [...eigenvaluesAll].sort((a, b) => Math.abs(b) - Math.abs(a));
    return {
      value: {
        loss,
        gradNorm: gradientNorm,
        eigenvaluesAll,
        trace: total(eigenvaluesAll),
        frobenius2: total(eigenvaluesAll.map((value) => value ** 2)),
        eigenvaluesWeightsOnlyMaxMin: [some[0]!, some.at(-1)!],
        traceWeightsOnly: total(some),
        pyHessianTop3: byMagnitude.slice(0, 3),
        minMaxHessianEigs: [some[0]!, some.at(-1)!],
      },
    };
  });

/** Adapters for `landscape.json`, by op. */
export const landscapeAdapters: Adapters = {
  forward: network,
  normalizeDirection: normalize,
  normalizeDirectionVariant: () => {
    throw new Unsupported('another library’s result, kept for knowledge; its defects are not copied');
  },
  surface2D,
  surface1D,
  interpolate1D,
  trajectoryPCA,
  gradient,
  hessianVectorProduct: product,
  hessian,
};
