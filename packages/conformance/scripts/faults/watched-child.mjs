import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Silent for so long, in milliseconds, a child hangs. */
const patience = 30_000;

/**
 * A script in a process of its own, which says a line of JSON for each thing that it does; `{ begins }` before one that it
 * may not come back from.
 * @returns what it said, how it ended (`code`, or in words), and what it was at.
 */
export async function watchedChild(script, args, { nodeArgs = [], silent = patience } = {}) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [...nodeArgs, path, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  let err = '';
  child.stderr.on('data', (data) => {
    err = `${err}${data}`.slice(-4000);
  });
  let hung = false;
  const stop = () => {
    hung = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(stop, silent);
  const said = [];
  let at;
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    timer = setTimeout(stop, silent);
    const fact = JSON.parse(line);
    if (fact.begins !== undefined) at = fact;
    else said.push(fact);
  }
  clearTimeout(timer);
  const { code, signal } = await closed;
  const why = hung ? `it hung for ${silent / 1000} s` : (lastError(err) ?? `it ended with ${code ?? signal}`);
  return { said, at, ended: code === 0 ? undefined : why };
}

/** The line of a trace that says what happened. */
const lastError = (err) =>
  err.split('\n').find((line) => /^(?:\w*Error\b|FATAL ERROR|RangeError)/.test(line)) || undefined;
