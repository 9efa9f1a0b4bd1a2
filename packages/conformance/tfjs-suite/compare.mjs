import { corrections } from './corrections.mjs';

/** A test's name without the backend that it ran on. */
export const plainName = (name, backend) => name.replace(new RegExp(` ${backend} \\{[^}]*\\} ?`), ' ').trim();

/**
 * What `useBackend` made of TensorFlow.js's tests on one backend, from the results of the backend as it comes and those
 * after. `complete: false` says that only some tests ran, so that no correction can be missed.
 */
export function compare(backend, before, after, { complete = true } = {}) {
  const statusBefore = new Map(before.map(({ name, status }) => [name, status]));
  const accepted = new Set(
    corrections.filter(({ backends }) => backends.includes(backend)).flatMap(({ tests }) => tests),
  );
  const of = (status) => after.filter((one) => one.status === status);
  const broken = of('failed').filter(({ name }) => statusBefore.get(name) === 'passed');
  const faults = broken.filter(({ name }) => !accepted.has(plainName(name, backend)));
  const corrected = broken.filter(({ name }) => accepted.has(plainName(name, backend)));
  const seen = new Set(corrected.map(({ name }) => plainName(name, backend)));
  return {
    passed: of('passed').length + corrected.length,
    skipped: of('skipped').length,
    /** Failures that `useBackend` brought and nobody accounts for. */
    faults,
    /** Failures that are corrections of TensorFlow.js's own meaning. */
    corrected,
    /** Failed before, and still do: what the backend lacks. */
    lacking: of('failed').filter(({ name }) => statusBefore.get(name) === 'failed'),
    /** Failed before, and pass now. */
    mended: of('passed').filter(({ name }) => statusBefore.get(name) === 'failed'),
    /** Corrections that correct nothing any more. */
    stale: complete ? [...accepted].filter((name) => !seen.has(name)) : [],
  };
}
