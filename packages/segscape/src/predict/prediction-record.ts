import { type InstancePreset, instancePresets, type PostprocessOptions } from '@segscape/study';
import { version } from '../../package.json' with { type: 'json' };
import type { PictureFiles } from './pictures.js';
import type { Segmenter } from './segmenter.js';

/** What became of one image. */
export type ImageRecord =
  | ({ readonly image: string; readonly objects: number } & MaskFiles & PictureFiles)
  | { readonly image: string; readonly error: string };

/** One mask of all classes, or one for each where they overlap. */
export type MaskFiles =
  | { readonly mask: string; readonly instances?: string }
  | {
      readonly masks: Readonly<Record<string, string>>;
      readonly instances?: Readonly<Record<string, string>>;
    };

/** Gray value of each class in a mask, so that it can be looked at: 0 and 255 for two classes. */
export const grayOf = (c: number, classes: number): number => Math.round((c * 255) / (classes - 1));

interface Decision {
  readonly rule: string;
  readonly threshold?: number;
  readonly chosenBy?: string;
}

/** How a class is decided upon, in words. */
function decisionOf({ threshold, classes, overlapping }: Segmenter): Decision {
  if (overlapping)
    return {
      rule: 'each class where its own probability is above the threshold',
      threshold: threshold?.value ?? 0.5,
    };
  if (threshold === undefined) return { rule: 'the class of the largest probability' };
  return {
    rule: `${classes[1]} where its probability is above the threshold`,
    threshold: threshold.value,
    chosenBy: threshold.from === 'validation' ? 'mean Dice on the validation images' : 'the caller',
  };
}

/** The same, behind `A pixel is`: `disc where its probability is above 0.42, chosen by mean Dice on the validation images`. */
export function decisionText(segmenter: Segmenter): string {
  const { rule, threshold, chosenBy } = decisionOf(segmenter);
  if (threshold === undefined) return rule;
  const said = rule.replace('the threshold', String(Number(threshold.toFixed(4))));
  return chosenBy === undefined ? said : `${said}, chosen by ${chosenBy}`;
}

/** Pixels that share a side are of one object; those that meet at a corner are not. */
const connectivity = 1;

const steps = ({ fillHoles, removeSmall, largest, instances = 'components' }: PostprocessOptions) => [
  ...(fillHoles ? [{ step: 'fillHoles' }] : []),
  instances === 'components'
    ? { step: 'connectedComponents', connectivity }
    : {
        step: 'splitTouching',
        preset: instances satisfies InstancePreset,
        ...instancePresets[instances],
        connectivity,
      },
  ...(removeSmall
    ? [{ step: 'removeSmall', area: removeSmall, unit: 'µm² where the image has a spacing, else pixels' }]
    : []),
  ...(largest ? [{ step: 'largestObject' }] : []),
];

/**
 * The text of `prediction.json`: by what and how the masks beside it were made, in the order in which it was done.
 * @param earlier files of earlier predictions that still lie there, and are of none of these.
 */
export function predictionRecord(
  segmenter: Segmenter,
  postprocessing: PostprocessOptions,
  images: readonly ImageRecord[],
  earlier: readonly string[],
): string {
  const { classes, overlapping, volumes, record } = segmenter;
  const values = Object.fromEntries(
    classes.map((name, c) => [name, volumes ? c : overlapping ? 255 : grayOf(c, classes.length)]),
  );
  return `${JSON.stringify(
    {
      segscape: version,
      model: record,
      classes,
      ...(overlapping && { overlapping }),
      maskValues: values,
      decision: decisionOf(segmenter),
      postprocessing: steps(postprocessing),
      images,
      ...(earlier.length > 0 && { earlier }),
    },
    null,
    2,
  )}\n`;
}
