import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SegscapeError } from '@segscape/core';
import { countCpuNodes } from './profile.js';
import {
  type Host,
  type Profile,
  type RunNow,
  type Runtime,
  type RuntimeLoader,
  runtimeOf,
} from './runtime.js';

/** ONNX Runtime for Node, loaded when first asked for. */
export async function loadRuntime(loader: RuntimeLoader = () => import('onnxruntime-node')): Promise<Host> {
  let runtime: Runtime;
  try {
    runtime = runtimeOf(await loader());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : cause;
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `jit: 'onnxruntime-node' could not be loaded (${reason}). Install it (npm install onnxruntime-node), or use executor: 'eager'.`,
      { cause },
    );
  }
  const { listSupportedBackends } = runtime as {
    listSupportedBackends?: () => readonly { readonly name: string }[];
  };
  const openNow = synchronous();
  return {
    runtime,
    name: 'onnxruntime-node',
    ...(listSupportedBackends && { devices: listSupportedBackends().map(({ name }) => name) }),
    writesInPlace: true,
    ...(openNow && { openNow }),
    profile,
  };
}

interface Binding {
  readonly initOrt: () => void;
  readonly binding: {
    readonly InferenceSession: new () => {
      loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
      run(feeds: object, fetches: object, options: object): ReturnType<RunNow>;
    };
  };
}

/** The binding behind the package's promises, which computes before it returns. */
function synchronous(): Host['openNow'] {
  let own: Binding;
  try {
    own = createRequire(import.meta.url)('onnxruntime-node/dist/binding.js') as Binding;
  } catch {
    return undefined;
  }
  return (model, options) => {
    own.initOrt();
    const session = new own.binding.InferenceSession();
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
    return (feeds, outputs) =>
      session.run(feeds, Object.fromEntries(outputs.map((name) => [name, null])), {});
  };
}

function profile(): Profile {
  const folder = mkdtempSync(join(tmpdir(), 'segscape-jit-'));
  return {
    options: { enableProfiling: true, profileFilePrefix: join(folder, 'run') },
    cpuNodes() {
      try {
        const [file] = readdirSync(folder);
        return countCpuNodes(readFileSync(join(folder, file as string), 'utf8'));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
