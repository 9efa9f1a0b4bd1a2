import { assertOption, type Params } from '@segscape/core';

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

/** The tensors of one module of a larger one, by the names that it gives them itself. */
export function ofModule(where: string, stateDict: Params, prefix = ''): Params {
  if (prefix === '') return stateDict;
  const own = Object.entries(stateDict).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
  );
  const some = Object.keys(stateDict).slice(0, 3).join(', ');
  assertOption(own.length > 0, where, 'prefix', prefix, `begin some of the names, which are ${some}, …`);
  return Object.fromEntries(own);
}
