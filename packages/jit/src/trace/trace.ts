import { releaseTape } from '@segscape/backend/gradients';
import { SegscapeError } from '@segscape/core';
import {
  engine,
  findBackend,
  type NamedTensorInfoMap,
  registerBackend,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { within } from '../lowering/kernel-failure.js';
import type { Program, Ref } from '../program.js';
import { rules } from '../rules/index.js';
import { tracing } from '../traceable.js';
import { assertHostType, TraceBackend } from './backend.js';
import { watchVariables } from './variables.js';

function traceBackend(): TraceBackend {
  const known = findBackend(tracing);
  if (known !== null) return known as TraceBackend;
  const backend = new TraceBackend();
  // Lower than any other, so that TensorFlow.js never chooses it by itself.
  registerBackend(tracing, () => backend, -1000);
  for (const [kernelName, rule] of Object.entries(rules))
    registerKernel({
      kernelName,
      backendName: tracing,
      kernelFunc: ({ inputs, attrs }) => {
        const refs: Record<string, Ref> = {};
        for (const [key, info] of Object.entries(inputs as NamedTensorInfoMap))
          if (info) refs[key] = backend.ref(info as TensorInfo);
        const outputs = within(kernelName, refs, () =>
          rule.infer(refs, attrs ?? {}).map(({ shape, dtype }): Ref => {
            if (shape.some((n) => n < 0)) throw new Error(`its result would be [${shape}]`);
            return { shape: [...shape], dtype };
          }),
        );
        for (const { dtype } of outputs) assertHostType(dtype, `a result of kernel ${kernelName}`);
        backend.calls.push({ kernel: kernelName, inputs: refs, attrs: attrs ?? {}, outputs });
        const infos = outputs.map((ref): TensorInfo => {
          const dataId = {};
          backend.bind(dataId, ref);
          return { dataId, shape: [...ref.shape], dtype: ref.dtype };
        });
        return infos.length === 1 && !rule.list ? (infos[0] as TensorInfo) : infos;
      },
    });
  return findBackend(tracing) as TraceBackend;
}

/** The caller's line that led into a failed operation. */
function callSite(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s*at /.test(line));
  const op = frames
    .map((line) => /at (?:Object\.)?(\w+?)_?(?: \[as \w+\])? /.exec(line)?.[1])
    .find(
      (fn, i) => fn !== undefined && i > 0 && !/^(Engine|Object|runKernel|scopedRun|tidy|_loop)/.test(fn),
    );
  const outside = frames.find((line) => !/tfjs-core|[\\/]jit[\\/](src|dist)[\\/]/.test(line));
  return `${op ? ` called by ${op}` : ''}${outside ? ` ${outside.trim()}` : ''}`;
}

const byValues = 'the shape of its result depends on values';
const drawn = 'it draws at random: pass randomness in as an argument';

/** Why a kernel can have no rule. */
const reasons: Readonly<Record<string, string>> = {
  Unique: byValues,
  NonMaxSuppressionV3: byValues,
  NonMaxSuppressionV4: byValues,
  NonMaxSuppressionV5: byValues,
  SparseFillEmptyRows: byValues,
  Multinomial: drawn,
};

function explain(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const kernel = /Kernel '([^']+)' not registered/.exec(error.message)?.[1];
  if (kernel === undefined) return error;
  const reason = reasons[kernel] === undefined ? '' : ` (${reasons[kernel]})`;
  return new SegscapeError(
    'UNSUPPORTED_KERNEL',
    `jit: TensorFlow.js kernel ${kernel} has no ONNX rule${reason}${callSite(error)}. Use other operations there, or executor: 'eager'.`,
    { details: { kernel }, cause: error },
  );
}

const randomnessError = () => {
  throw new SegscapeError(
    'NOT_TRACEABLE',
    'jit: Math.random (or a tf.random* operation) was called inside the traced function, where it would be drawn once and frozen. Draw outside, from a seed, and pass the numbers in as an argument.',
  );
};

/**
 * Runs `fn` once on symbolic tensors and records its kernels, gradients included.
 * Synchronous, so nothing else sees the tracing backend; leaves no tensor behind, and every variable as it was.
 */
export function trace(
  fn: (inputs: Tensor[]) => Tensor[],
  inputs: readonly { shape: readonly number[]; dtype: Tensor['dtype'] }[],
): Program {
  for (const { dtype } of inputs) assertHostType(dtype, 'an argument');
  const backend = traceBackend();
  const tf = engine();
  const home = tf.backendName;
  const draw = Math.random;
  void tf.setBackend(tracing); // takes effect at once: the backend exists already
  Math.random = randomnessError;
  tf.startScope('jit');
  const watched = watchVariables();
  try {
    const refs = inputs.map(({ shape, dtype }): Ref => ({ shape: [...shape], dtype }));
    const symbols = refs.map((ref) => {
      const dataId = {};
      backend.bind(dataId, ref);
      return tf.makeTensorFromTensorInfo({ dataId, shape: [...ref.shape], dtype: ref.dtype }, backend);
    });
    const results = fn(symbols).map((tensor) => backend.ref(tensor));
    const variables = watched.assigned();
    const after = variables.map((variable) => backend.ref(variable));
    watched.restore();
    const before = variables.map((variable) => backend.before(variable));
    return {
      inputs: [...refs, ...before],
      calls: backend.calls,
      outputs: [...results, ...after],
      variables,
    };
  } catch (error) {
    releaseTape();
    throw explain(error);
  } finally {
    watched.restore();
    tf.endScope();
    backend.forget(); // what was recorded is the program's alone
    Math.random = draw;
    if (home) void tf.setBackend(home);
    // None has been asked for yet: TensorFlow.js chooses at the next operation.
    else Object.assign(tf, { backendName: home, backendInstance: null });
  }
}
