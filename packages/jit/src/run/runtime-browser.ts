import { SegscapeError } from '@segscape/core';
import { type Host, type RuntimeLoader, runtimeOf } from './runtime.js';

/** Put together where no bundler looks or folds constants: who does not ask for it must not carry its megabytes. */
const packageName = (parts: readonly string[] = ['onnxruntime', 'web']) =>
  parts.map((part) => part.toLowerCase()).join('-');

const byImportMap: RuntimeLoader = () => import(/* @vite-ignore */ /* webpackIgnore: true */ packageName());

/** ONNX Runtime for browsers: what the caller imports, else what the page's import map calls `onnxruntime-web`. */
export async function loadRuntime(loader: RuntimeLoader = byImportMap): Promise<Host> {
  try {
    const runtime = runtimeOf(await loader());
    return { runtime, name: 'onnxruntime-web', writesInPlace: false };
  } catch (cause) {
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      "jit: 'onnxruntime-web' could not be loaded. Install it and pass runtime: () => import('onnxruntime-web'), or name it in the page's import map; or use executor: 'eager' or 'auto'.",
      { cause },
    );
  }
}
