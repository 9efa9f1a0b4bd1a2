import { inChromium } from './in-chromium.js';
import { inNode } from './in-node.js';
import type { SuiteMessage, SuiteRequest } from './protocol.js';

export type BundleEntry = (
  entry: string,
  kind?: 'node' | 'node, engine outside' | 'reference' | 'browser',
) => Promise<string>;

/** A column of the table: one backend in one kind of place. */
export interface Place {
  readonly request: Pick<SuiteRequest, 'backend' | 'executor' | 'device'>;
  /** Whether a function may read a tensor's values in its midst. */
  readonly readsValues: boolean;
  readonly run: (request: SuiteRequest, bundle: BundleEntry) => AsyncGenerator<SuiteMessage>;
}

async function* inProcess(request: SuiteRequest, bundle: BundleEntry): AsyncGenerator<SuiteMessage> {
  yield* inNode(await bundle('runner/node-worker', 'node, engine outside'), request);
}

const inBrowser = (inWorker: boolean) =>
  async function* (request: SuiteRequest, bundle: BundleEntry): AsyncGenerator<SuiteMessage> {
    yield* inChromium(await bundle('runner/browser-worker', 'browser'), request, inWorker);
  };

type Backend = SuiteRequest['backend'];

const node = (backend: Backend): Place => ({
  request: { backend, executor: 'eager' },
  readsValues: backend !== 'webgpu',
  run: inProcess,
});

const browser = (backend: Backend, inWorker: boolean): Place => ({
  request: { backend, executor: 'eager' },
  readsValues: backend !== 'webgpu',
  run: inBrowser(inWorker),
});

/** All columns, by the names that `--backend` takes. */
export const places = {
  cpu: node('cpu'),
  wasm: node('wasm'),
  jit: { request: { backend: 'cpu', executor: 'onnxruntime' }, readsValues: false, run: inProcess },
  'jit-webgpu': {
    request: { backend: 'cpu', executor: 'onnxruntime', device: 'webgpu' },
    readsValues: false,
    run: inProcess,
  },
  webgpu: node('webgpu'),
  node: node('node'),
  'node-gpu': node('node-gpu'),
  'chromium-jit': {
    request: { backend: 'cpu', executor: 'onnxruntime' },
    readsValues: false,
    run: inBrowser(false),
  },
  'chromium-wasm': browser('wasm', false),
  'chromium-wasm-worker': browser('wasm', true),
  'chromium-webgl': browser('webgl', false),
  'chromium-webgl-worker': browser('webgl', true),
  'chromium-webgpu': browser('webgpu', false),
  'chromium-webgpu-worker': browser('webgpu', true),
} as const satisfies Record<string, Place>;

export type PlaceName = keyof typeof places;

/** The cpu backend in double precision, which all others are compared with. */
export async function* inDoubles(
  cases: readonly string[],
  bundle: BundleEntry,
): AsyncGenerator<SuiteMessage> {
  const script = await bundle('runner/reference-worker', 'reference');
  yield* inNode(script, { backend: 'cpu', executor: 'eager', cases, reference: true });
}
