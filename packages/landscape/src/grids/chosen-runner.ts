import { assertOption } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import type { GridRunner } from './grid-runner.js';
import { inline } from './inline.js';

/** Who evaluates: the runner that was given, or one that is made and must be released. */
export interface ChosenRunner {
  readonly runner: GridRunner;
  /** Disposes a runner that was made here. */
  release(): Promise<void>;
}

/** @throws {SegscapeError} `BAD_OPTION` for `jit` beside a runner. */
export function runnerOf(
  where: string,
  options: {
    readonly runner?: GridRunner | undefined;
    readonly executor?: GridRunner | undefined;
    readonly jit?: JitOptions | undefined;
  },
): ChosenRunner {
  const given = options.runner ?? options.executor;
  assertOption(
    given === undefined || options.jit === undefined,
    where,
    'jit',
    options.jit,
    'not stand beside a runner, which has its own: inline(jit), threads({ jit })',
  );
  if (given) return { runner: given, release: async () => {} };
  const made = inline(options.jit);
  return { runner: made, release: () => made.dispose() };
}
