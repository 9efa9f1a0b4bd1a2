import { sizeOf } from '@segscape/core';
import { encodeModel } from '../onnx/encode.js';
import type { OnnxModel } from '../onnx/model.js';
import type { Program } from '../program.js';
import type { Host } from './runtime.js';

/** Results of fewer bytes together are copied faster than an error is made. */
const leastBytes = 256 * 1024;

const stop = 'stop';
const nothing = 'nothing';

/** What a run that is not to be copied asks for beside its own results. */
export const stopFetch: Readonly<Record<string, null>> = { [stop]: null };

/**
 * The model with a list as its first output. onnxruntime-node writes results into arrays that it is given, and then copies them all into
 * new ones, one after the other; a list is what it cannot hand out, so that it stops, by an error, before the first copy.
 */
export const stopping = (model: OnnxModel): OnnxModel => ({
  ...model,
  nodes: [
    ...model.nodes,
    { op: 'SequenceConstruct', domain: '', inputs: [nothing], outputs: [stop], attributes: {} },
  ],
  initializers: [
    ...model.initializers,
    { name: nothing, type: 'float32', dims: [1], bytes: new Uint8Array(4) },
  ],
  outputs: [{ name: stop }, ...model.outputs],
});

const length = 64;
const trial: OnnxModel = {
  name: 'trial',
  nodes: ['y', 'z'].map((name) => ({
    op: 'Neg',
    domain: '',
    inputs: [name === 'y' ? 'x' : 'y'],
    outputs: [name],
    attributes: {},
  })),
  initializers: [],
  inputs: [{ name: 'x', type: 'float32', dims: [length] }],
  outputs: ['y', 'z'].map((name) => ({ name, type: 'float32', dims: [length] })),
};

/** The error that stops the copies, where all results are in place by then; undefined where this build does not stop so. */
async function tried({ runtime }: Host): Promise<string | undefined> {
  const x = Float32Array.from({ length }, (_, i) => i + 1);
  const [y, z] = [new Float32Array(length), new Float32Array(length)];
  const of = (array: Float32Array) => new runtime.Tensor('float32', array, [length]);
  try {
    const session = await runtime.InferenceSession.create(encodeModel(stopping(trial)), {
      logSeverityLevel: 4,
    });
    const message = await session.run({ x: of(x) }, { ...stopFetch, y: of(y), z: of(z) }).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : undefined),
    );
    await session.release();
    return x.every((n, i) => y[i] === -n && z[i] === n) ? message : undefined;
  } catch {
    return undefined;
  }
}

const known = new WeakMap<object, Promise<string | undefined>>();

/** The error by which runs of a program end well, where its results are large and need no copies; found by trying, once. */
export function stopError(host: Host, { outputs }: Program): Promise<string | undefined> {
  const bytes = outputs.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  if (!host.writesInPlace || bytes < leastBytes) return Promise.resolve(undefined);
  const found = known.get(host.runtime) ?? tried(host);
  known.set(host.runtime, found);
  return found;
}
