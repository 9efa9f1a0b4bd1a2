import type { Outcome } from '../suite/case.js';

/** What a process, page or worker is asked to do. */
export interface SuiteRequest {
  /** A backend's name, as `useBackend` takes it. */
  readonly backend: 'node-gpu' | 'node' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';
  /** `'eager'` computes on the backend itself, `'onnxruntime'` traces and compiles. */
  readonly executor: 'eager' | 'onnxruntime';
  /** ONNX Runtime's device. Default the CPU. */
  readonly device?: 'cpu' | 'webgpu';
  /** Names of the cases, in order. */
  readonly cases: readonly string[];
  /** The double-precision reference: cases may have another way to their numbers. */
  readonly reference?: boolean;
  /** WebGL with textures of 16-bit numbers, as on devices that draw to no others. */
  readonly halfPrecision?: boolean;
  /** Where the wasm files are served. */
  readonly wasmPath?: string;
}

/** What it tells while it works. */
export type SuiteMessage =
  | { readonly type: 'ready'; readonly device: string }
  /** The backend is not to be had here. */
  | { readonly type: 'unavailable'; readonly reason: string }
  | { readonly type: 'start'; readonly name: string }
  | {
      readonly type: 'result';
      readonly name: string;
      readonly outputs: Readonly<Record<string, Outcome>>;
      readonly ms: number;
      readonly leaks: number;
      /** What the GPU device called out meanwhile. */
      readonly faults: readonly string[];
    }
  | { readonly type: 'error'; readonly name: string; readonly message: string }
  | { readonly type: 'done' };
