/** The one face of ONNX Runtime's two packages that programs here need. */
export interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: Record<string, unknown>): Promise<RuntimeSession>;
  };
  readonly Tensor: new (type: string, data: RuntimeArray, dims: readonly number[]) => RuntimeTensor;
}

export type RuntimeArray = Float32Array | Int32Array | Uint8Array;

export interface RuntimeTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
}

export interface RuntimeSession {
  run(
    feeds: Record<string, RuntimeTensor>,
    fetches: Record<string, RuntimeTensor | null>,
  ): Promise<Record<string, RuntimeTensor>>;
  release(): Promise<void>;
}
