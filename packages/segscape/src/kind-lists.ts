import { SegscapeError } from '@segscape/core';
import type { StudyInput } from '@segscape/study';

const aliases: Readonly<Record<string, string>> = { ce: 'crossEntropy', bce: 'binaryCrossEntropy' };

/** A kind with its options, by the words that it was given in. */
interface ListedKind {
  readonly kind: string;
  readonly label: string;
  readonly [option: string]: unknown;
}

/**
 * `kind:option=value`, each called by these words, or by its own in `name=kind:option=value`.
 * @param from the option of the command line, for errors.
 */
function kindsOf(list: string, from: string, example: string): ListedKind[] {
  return list.split(',').map((item) => {
    const [head = '', ...options] = item.trim().split(':');
    const [, label = item.trim(), kind = head] = /^([^=]+)=(.+)$/.exec(head) ?? [];
    const entries = options.map((option) => {
      const [, key, value] = /^([^=]+)=(.+)$/.exec(option) ?? [];
      if (key === undefined || value === undefined)
        throw new SegscapeError(
          'BAD_OPTION',
          `run: ${from}: '${option}' of '${item}' must be option=value, as in ${example}.`,
        );
      return [key, optionValue(value)] as const;
    });
    return { kind, ...Object.fromEntries(entries), label };
  });
}

function optionValue(text: string): unknown {
  if (text.includes('/')) return text.split('/').map(optionValue);
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

/** `ce,dice,focal:gamma=2:alpha=0.25` as a config lists losses; the values of a list stand between slashes. */
export const lossesOf = (list: string): NonNullable<StudyInput['losses']> =>
  kindsOf(list, '--losses', 'focal:gamma=2').map(({ kind, ...rest }) => ({
    kind: Object.hasOwn(aliases, kind) ? aliases[kind]! : kind,
    ...rest,
  }));

/** `unet:baseChannels=16:depth=5` as a network with its options. */
export function networkOf(text: string): { readonly kind: string; readonly [option: string]: unknown } {
  const { label: _, ...network } = kindsOf(text, '--network', 'unet:depth=5')[0]!;
  return network;
}

/** `unet,basicUnet,unet:depth=5` as a config names its network, or lists those that it compares. */
export function modelsOf(list: string): Pick<StudyInput, 'model' | 'models'> {
  const models = kindsOf(list, '--models', 'unet:depth=5');
  if (models.length > 1) return { model: undefined, models };
  const { label: _, ...model } = models[0]!;
  return { model, models: undefined };
}
