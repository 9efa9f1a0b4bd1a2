/** Names of compute backends; `'auto'` chooses among them. */
export type BackendName = 'node-gpu' | 'node' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** How one backend is loaded in this environment. */
export interface Candidate {
  readonly name: BackendName;
  /** The name it has in TensorFlow.js's registry. */
  readonly engineName: string;
  /** npm packages it needs. */
  readonly packages: readonly string[];
  /** What to do when it is missing although its packages are there, or need more than an install: an imperative sentence. */
  readonly enable: string;
  /** Imports the packages and registers it; throws when that can't be. */
  load(options: LoadOptions): Promise<void>;
  /** Why it may be that TensorFlow.js could not initialise it. */
  readonly notStarted?: string;
  /** What is to be done once it is current. */
  started?(options: LoadOptions): void;
  /** The device that computes, of the backend that is current. */
  device(): string;
}

export interface LoadOptions {
  /**
   * Threads of the wasm backend, a positive integer. Default one per core, where the page or process allows threads.
   * Taken when the backend starts, once in a page or process; `device` says how many there are.
   */
  readonly threads?: number;
  /**
   * Folder of wasm's files, its address or path with a slash at the end. Default: beside the script, where bundlers do not
   * put them: there, copy `node_modules/@tensorflow/tfjs-backend-wasm/dist/*.wasm` to what is served, and give its folder.
   */
  readonly wasmPath?: string;
  /**
   * WebGPU: called with an error of the device that nobody waits for, such as a shader that does not compile; what was
   * computed is then not to be trusted. Default: the error is thrown where nobody catches it.
   */
  readonly onDeviceError?: (error: Error) => void;
}
