import { SegscapeError } from '@segscape/core';

/**
 * Throws `BAD_OPTION` for text that HDF5 cannot hold as it is: it ends names at a NUL, and stores UTF-8, which has no
 * lone surrogates.
 */
export function assertStorable(where: string, what: string, text: string): void {
  const flaw = text.includes('\0')
    ? 'a NUL character'
    : /\p{Surrogate}/u.test(text)
      ? 'a lone surrogate'
      : '';
  if (flaw === '') return;
  throw new SegscapeError(
    'BAD_OPTION',
    `${where}: ${what} (=${JSON.stringify(text)}) holds ${flaw}, which HDF5 cannot store. Give it another name.`,
    { details: { [what]: text } },
  );
}

/** HDF5 link names cannot hold a slash, nor be a dot or two. */
function linkName(text: string): string {
  const safe = text.replaceAll('/', '_') || '_';
  return safe === '.' || safe === '..' ? `loss_${safe}` : safe;
}

/** A link name for each text, none of them twice, and none of those taken. */
export function distinctNames(texts: readonly string[], taken: ReadonlySet<string>): string[] {
  const used = new Set(taken);
  return texts.map((text) => {
    let safe = linkName(text);
    while (used.has(safe)) safe = `${safe}_`;
    used.add(safe);
    return safe;
  });
}

/** How Li et al. call what a file of a grid holds. */
export interface GridNameOptions {
  /** The loss that the weights were trained with, `<set>_loss` in the file. Default: the attribute `trainedWith`, else the first. */
  readonly trainedWith?: string;
  /** The values that are accuracies in percent, `<set>_acc` in the file. Default: none, then `<set>_acc` is NaN. */
  readonly accuracy?: string;
  /** What the losses were evaluated on. Default `'train'`. */
  readonly set?: 'train' | 'val' | 'test';
}

/**
 * Their name of each of our values: `train_loss` for the loss trained with, `train_acc` for the accuracy,
 * `train_<label>_loss` for the others.
 * @throws {SegscapeError} `BAD_OPTION` for a loss or accuracy that is not there.
 */
export function theirNames(
  where: string,
  labels: readonly string[],
  attributes: Readonly<Record<string, string | number>>,
  { trainedWith, accuracy, set = 'train' }: GridNameOptions,
): string[] {
  const missing = [
    ['trainedWith', trainedWith],
    ['accuracy', accuracy],
  ].find(([, label]) => label !== undefined && !labels.includes(label));
  if (missing)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: ${missing[0]} (='${missing[1]}') must be one of the values, ${labels.join(', ')}.`,
    );
  if (!['train', 'val', 'test'].includes(set))
    throw new SegscapeError('BAD_OPTION', `${where}: set (='${set}') must be 'train', 'val' or 'test'.`);
  const losses = labels.filter((label) => label !== accuracy);
  const recorded = losses.find((label) => label === attributes.trainedWith);
  const trained = trainedWith ?? recorded ?? losses[0];
  const own = (label: string) => (label === trained ? `${set}_loss` : label === accuracy ? `${set}_acc` : '');
  const taken = new Set([`${set}_loss`, `${set}_acc`]);
  const others = distinctNames(
    labels.filter((label) => own(label) === '').map((label) => `${set}_${label}_loss`),
    taken,
  );
  return labels.map((label) => own(label) || others.shift()!);
}
