import { SegscapeError } from '@segscape/core';

/** The optional library of workers. @throws {SegscapeError} `BACKEND_UNAVAILABLE` when it is not installed. */
export async function workerpool(where: string) {
  try {
    const module = await import('workerpool');
    // CommonJS: bundlers give its names at one place, Node at the other.
    return 'default' in module ? (module.default as typeof module) : module;
  } catch (cause) {
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `${where}: the optional package 'workerpool' is not installed. Run \`npm install workerpool\`.`,
      { cause },
    );
  }
}
