import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Debian's Python has the packages python3-torch, python3-scipy and python3-opencv. */
const python = process.env.PYTHON ?? '/usr/bin/python3';

type Numbers = Float32Array | Int32Array | Uint8Array;

const dtypes = new Map<string, string>([
  ['Float32Array', 'float32'],
  ['Int32Array', 'int32'],
  ['Uint8Array', 'uint8'],
]);

/** A Python process that runs one case on demand, so that its start-up is not timed. */
export class PythonPeer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'segscape-bench-'));
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #files = 0;

  /** @param options.threads of its libraries; default 2, as many as the reference machine has cores. */
  constructor({ threads = 2 }: { readonly threads?: number } = {}) {
    const script = fileURLToPath(new URL('../python/peer.py', import.meta.url));
    this.#process = spawn(python, [script, this.#folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PEER_THREADS: String(threads), OMP_NUM_THREADS: String(threads) },
    });
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Hands over an array through a file. */
  array(data: Numbers, shape: readonly number[]) {
    const file = `${this.#files++}.bin`;
    writeFileSync(join(this.#folder, file), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return { file, shape, dtype: dtypes.get(data.constructor.name) };
  }

  async ask<T extends object = Record<string, number>>(request: object): Promise<T> {
    this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done)
      throw new Error(
        `The peer '${python}' ended. It needs Debian's python3-torch, python3-scipy and python3-opencv; PYTHON names another one.`,
      );
    const answer = JSON.parse(value) as T | { readonly error: string };
    if ('error' in answer) throw new Error(`The peer says: ${answer.error}`);
    return answer as T;
  }

  /** The process, whose idleness a contest watches. */
  get pid(): number {
    return this.#process.pid ?? process.pid;
  }

  /** One way of the peer to do the case that was set up. */
  mode(mode: string) {
    return { mode, pid: this.pid, run: async () => (await this.ask({ run: true, mode })).ms };
  }

  close(): void {
    this.#process.stdin!.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
