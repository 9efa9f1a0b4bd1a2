import { SegscapeError } from '@segscape/core';

/** What of an Emscripten module calls a function of its own by name: `_<name>` of the module. */
export interface StackKeeper {
  ccall(name: string, returns: null, kinds: readonly string[], given: readonly string[]): unknown;
  [name: `_${string}`]: unknown;
}

const name = 'segscapeAction';

/**
 * Runs `action` and puts the library's stack back where it was. An error of HDF5 is thrown through frames of WebAssembly,
 * which never give back what they took of the stack: some hundred bytes a damaged file, until no file can be read. `ccall`
 * puts the stack back after a call that has a text among its arguments, whatever it calls.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` when the library itself is broken; what `action` throws.
 * @see https://emscripten.org/docs/api_reference/preamble.js.html#ccall
 */
export function withStack<T>(module: StackKeeper, action: () => T): T {
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  module[`_${name}`] = () => {
    try {
      outcome = { value: action() };
    } catch (error) {
      outcome = { error };
    }
  };
  try {
    module.ccall(name, null, ['string'], ['']);
  } catch (error) {
    outcome ??= { error };
  } finally {
    delete module[`_${name}`];
  }
  if (outcome !== undefined && 'value' in outcome) return outcome.value;
  const error = outcome?.error;
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  throw new SegscapeError(
    'BACKEND_UNAVAILABLE',
    `hdf5: the HDF5 library broke off (${error.message}). Read the file in a new process or page.`,
    { cause: error },
  );
}
