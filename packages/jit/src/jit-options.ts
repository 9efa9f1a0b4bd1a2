import type { Tensor } from '@tensorflow/tfjs-core';
import type { Device } from './run/device.js';
import type { RuntimeLoader } from './run/runtime.js';

export interface JitOptions {
  /**
   * `'onnxruntime'` runs natively or fails; `'eager'` runs the function as it is on the current backend; `'auto'` (the default)
   * runs natively on the host backends (cpu, wasm), and eagerly on GPU backends and where tracing is impossible.
   */
  readonly executor?: 'auto' | 'onnxruntime' | 'eager';
  /**
   * Threads inside an operation. Default: one per core. Results depend on it in their last bits alone: ONNX Runtime sums
   * products and convolutions of few columns or pixels in blocks that follow its threads.
   */
  readonly threads?: number;
  /**
   * What ONNX Runtime computes on. Default `'cpu'`. On `'webgpu'` (any GPU with a Vulkan, Metal or Direct3D 12 driver) results stay
   * on the device until they are read, so that state which passes from step to step is never copied. `'cuda'`, `'dml'` and
   * `'coreml'` are there where the build of ONNX Runtime has them.
   */
  readonly device?: Device;
  /**
   * Gives ONNX Runtime's module: `() => import('onnxruntime-web')` in a browser. Default: `onnxruntime-node` in Node, in browsers what
   * the page's import map calls `onnxruntime-web`.
   */
  readonly runtime?: RuntimeLoader;
  /** Told once per signature why `'auto'` runs eagerly. */
  readonly onFallback?: (reason: Error) => void;
}

export interface JitStats {
  /** Signatures met so far: one compiled program each, or an eager one. */
  readonly programs: number;
  readonly calls: number;
  /** ONNX operations of the latest program; 0 when eager. */
  readonly nodes: number;
  /**
   * Operations of the latest program that its device left to the CPU: 0 when all run on the device, and on the cpu itself.
   * Undefined where ONNX Runtime does not tell, and before the first call ends.
   */
  readonly cpuNodes: number | undefined;
  readonly executor: 'onnxruntime' | 'eager' | 'none';
  /** Milliseconds spent tracing and loading programs. */
  readonly compileMs: number;
}

/** Arguments as a caller may give them: a number wherever the function takes a scalar tensor. */
export type Loose<T> = T extends Tensor
  ? Tensor | number
  : T extends object
    ? { readonly [K in keyof T]: Loose<T[K]> }
    : T;

/** A traced function. Tensors in the result are the caller's to dispose. */
export interface Jitted<T, R> {
  (args: Loose<T>): Promise<R>;
  /** Frees the compiled programs once their last run has ended; idempotent. Results stay valid, further calls are refused. */
  dispose(): Promise<void>;
  stats(): JitStats;
}
