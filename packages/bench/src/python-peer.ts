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

  constructor() {
    const script = fileURLToPath(new URL('../python/peer.py', import.meta.url));
    this.#process = spawn(python, [script, this.#folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Hands over an array through a file. */
  array(data: Numbers, shape: readonly number[]) {
    const file = `${this.#files++}.bin`;
    writeFileSync(join(this.#folder, file), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return { file, shape, dtype: dtypes.get(data.constructor.name) };
  }

  async ask(request: object): Promise<Record<string, number>> {
    this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done)
      throw new Error(
        `The peer '${python}' ended. It needs Debian's python3-torch, python3-scipy and python3-opencv; PYTHON names another one.`,
      );
    return JSON.parse(value) as Record<string, number>;
  }

  close(): void {
    this.#process.stdin!.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
