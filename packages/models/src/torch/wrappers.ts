import type { Params } from '@segscape/core';

/** Counters that PyTorch keeps among the tensors: of batches, and of weights that were averaged. */
export const isCounter = (name: string): boolean => /(^|\.)(num_batches_tracked|n_averaged)$/.test(name);

/**
 * The tensors by the names that the network itself gives them: `DataParallel`, `DistributedDataParallel` and `AveragedModel` put `module.`
 * before every name, `torch.compile` puts `_orig_mod.` before those of what it compiled.
 */
export function unwrapped(stateDict: Params): Params {
  const compiled = Object.entries(stateDict).map(
    ([name, value]) => [name.replaceAll(/(^|\.)_orig_mod\./g, '$1'), value] as const,
  );
  const names = compiled.map(([name]) => name).filter((name) => !isCounter(name));
  const wrapped = names.length > 0 && names.every((name) => name.startsWith('module.'));
  const plain = wrapped
    ? compiled.map(([name, value]) => [name.replace(/^module\./, ''), value] as const)
    : compiled;
  const found = Object.fromEntries(plain);
  return wrapped ? unwrapped(found) : found;
}
