import { type BackendInfo, type BackendName, useBackend } from '@segscape/backend';
import { SegscapeError, unknownName } from '@segscape/core';
import { isNative, type JitOptions, jit } from '@segscape/jit';
import { dispose, neg, type Tensor } from '@tensorflow/tfjs-core';

const names = ['native', 'auto', 'node-gpu', 'node', 'webgpu', 'wasm', 'cpu'];
const devices = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;

export interface BackendChoice {
  readonly backend: string;
  /** Where `native` computes: a provider of ONNX Runtime. */
  readonly device?: string;
  readonly threads?: number;
}

export interface PreparedBackend {
  readonly info: BackendInfo;
  /** How steps are compiled: with a backend of TensorFlow.js they run on it as they are. */
  readonly jit: JitOptions;
}

function oneOf<N extends string>(option: string, given: string, known: readonly N[]): N {
  if ((known as readonly string[]).includes(given)) return given as N;
  const { question } = unknownName(given, known);
  throw new SegscapeError(
    'BACKEND_UNAVAILABLE',
    `--${option} '${given}' is not known. ${question}Known: ${known.join(', ')}; 'segscape backends' tells which are here.`,
  );
}

/** Runs one operation there. @throws {SegscapeError} `BACKEND_UNAVAILABLE`, with the remedy. */
async function tryDevice(device: NonNullable<JitOptions['device']>): Promise<void> {
  await useBackend('cpu');
  const run = jit((x: Tensor) => neg(x), { executor: 'onnxruntime', device });
  try {
    dispose(await run(1));
  } finally {
    await run.dispose();
  }
}

/**
 * `native`, the default, compiles every step for ONNX Runtime and keeps tensors in host memory; where ONNX Runtime cannot be loaded,
 * the fastest backend of TensorFlow.js takes over.
 */
export async function prepareBackend({
  backend,
  device = 'cpu',
  threads,
}: BackendChoice): Promise<PreparedBackend> {
  const options = threads === undefined ? {} : { threads };
  const name = oneOf('backend', backend, names);
  const provider = oneOf('device', device, devices);
  if (name !== 'native') {
    if (provider !== 'cpu')
      throw new SegscapeError(
        'BAD_OPTION',
        `--device ${provider} chooses where --backend native computes; '${name}' has a device of its own. Leave one of them out.`,
      );
    return { info: await useBackend(name as BackendName | 'auto', options), jit: { executor: 'eager' } };
  }
  if (await isNative()) {
    // A device that was asked for and is not there is an error, not something to go without.
    if (provider !== 'cpu') await tryDevice(provider);
    const info = { ...(await useBackend('cpu', options)), device: `ONNX Runtime on ${provider}` };
    return { info, jit: { ...options, device: provider } };
  }
  process.stderr.write(
    'Note: onnxruntime-node is not installed; training will be much slower. npm install onnxruntime-node\n',
  );
  return { info: await useBackend('auto', options), jit: { executor: 'eager' } };
}
