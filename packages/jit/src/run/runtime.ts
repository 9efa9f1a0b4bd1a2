/** The one face of ONNX Runtime's packages that programs here need. */
export interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: Record<string, unknown>): Promise<RuntimeSession>;
  };
  readonly Tensor: new (type: string, data: RuntimeArray, dims: readonly number[]) => RuntimeTensor;
}

export type RuntimeArray = Float32Array | Int32Array | Uint8Array;

export interface RuntimeTensor {
  /** Values; a tensor on a device has none here. */
  readonly data: unknown;
  readonly dims: readonly number[];
  dispose(): void;
}

export interface RuntimeSession {
  run(
    feeds: Record<string, RuntimeTensor>,
    fetches: Record<string, RuntimeTensor | null>,
  ): Promise<Record<string, RuntimeTensor>>;
  release(): Promise<void>;
  endProfiling?(): void;
}

/** ONNX Runtime, with what only the platform it was loaded on can do. */
export interface Host {
  readonly runtime: Runtime;
  /** The npm package, for messages. */
  readonly name: string;
  /** Devices that this build was made for; undefined when it does not tell. */
  readonly devices?: readonly string[];
  /** Whether a session writes into output arrays that it is given. */
  readonly writesInPlace: boolean;
  /**
   * Runs a model at once, not in a promise; undefined where there is no such way. Without it, results cannot stay on a device,
   * since TensorFlow.js must be able to read a tensor synchronously.
   */
  readonly openNow?: (model: Uint8Array, options: Record<string, unknown>) => RunNow;
  /** A profile of one session; undefined where there are no files. */
  readonly profile?: () => Profile;
}

export type RunNow = (
  feeds: Record<string, RuntimeTensor>,
  outputs: readonly string[],
) => Record<string, RuntimeTensor>;

export interface Profile {
  /** For the session's options. */
  readonly options: Record<string, unknown>;
  /** After the profile has ended: how many operations ran on the CPU. Removes the profile. */
  cpuNodes(): number;
}

/** Gives ONNX Runtime's module: `() => import('onnxruntime-web')`. */
export type RuntimeLoader = () => Promise<unknown>;

/** The module itself, whichever way its bundler exports it; throws where it is none. */
export function runtimeOf(module: unknown): Runtime {
  const loaded = module as (Partial<Runtime> & { default?: Partial<Runtime> }) | undefined;
  const runtime = loaded?.InferenceSession === undefined ? loaded?.default : loaded;
  if (runtime?.InferenceSession === undefined) throw new Error('what was loaded has no InferenceSession');
  return runtime as Runtime;
}
